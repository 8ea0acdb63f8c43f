import type { Schema } from '@rm-workbench/client';
import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../api/client';
import { FormDialog } from '../../design/FormDialog';
import { useNamedChoices } from '../../design/Named';

type Task = Schema<'activity.v1.Task'>;

const RESULTS = [
  'TASK_RESULT_SUCCESS',
  'TASK_RESULT_INTERESTED',
  'TASK_RESULT_LATER',
  'TASK_RESULT_DECLINED',
  'TASK_RESULT_NOT_REACHED',
  'TASK_RESULT_NOT_FITTING',
] as const;

interface Completion {
  result?: (typeof RESULTS)[number];
  outcome?: string;
}

/** What came of a task, in a word and a sentence. */
export default function CompleteTask({ task, title, onClose }: { task: Task; title: string; onClose: () => void }) {
  const { t } = useTranslation('today');
  const named = useNamedChoices();
  const complete = async ({ result, outcome }: Completion) => {
    await client.POST('/v1/tasks/{taskId}:complete', {
      params: { path: { taskId: task.taskId } },
      body: { ...(result ? { result } : {}), ...(outcome ? { outcome } : {}), etag: task.etag },
    });
    await refresh('/v1/tasks', '/v1/customers');
  };
  return (
    <FormDialog<Completion>
      open
      width={440}
      title={title}
      submitWords={t('tasks.complete')}
      doneWords={t('tasks.completed')}
      draftKey={`task:${task.taskId}`}
      submit={complete}
      onClose={onClose}
    >
      <Form.Item name="result" label={t('tasks.result')}>
        <Select allowClear options={named(RESULTS)} placeholder={t('tasks.resultHint')} />
      </Form.Item>
      <Form.Item name="outcome" label={t('tasks.outcome')}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
    </FormDialog>
  );
}
