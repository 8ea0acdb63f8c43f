import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { useNamedChoices } from '../../../design/Named';
import { AFFECTED, RESULTS, type Task } from './task';

interface Values {
  result?: (typeof RESULTS)[number];
  outcome?: string;
}

/** Says that a task was done, and what came of it. */
export function CompleteTask({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  const counted = Boolean(task.campaignId);
  const submit = async ({ result, outcome }: Values) => {
    await client.POST('/v1/tasks/{taskId}:complete', {
      params: { path: { taskId: task.taskId }, header: { 'If-Match': `"${task.etag}"` } },
      body: { ...(result ? { result } : {}), outcome: outcome ?? '' },
    });
    await refresh(...AFFECTED);
  };
  return (
    <FormDialog<Values>
      open
      title={t('tasks.complete')}
      submitWords={t('tasks.complete')}
      doneWords={t('tasks.completed')}
      draftKey={`task/${task.taskId}/complete`}
      submit={submit}
      onClose={onClose}
    >
      <Form.Item name="result" label={t('tasks.result')} rules={[{ required: counted, message: t('tasks.resultNeeded') }]}>
        <Select allowClear={!counted} placeholder={t('tasks.resultHint')} options={choices(RESULTS)} />
      </Form.Item>
      <Form.Item name="outcome" label={t('tasks.outcome')}>
        <Input.TextArea rows={3} maxLength={2000} placeholder={t('tasks.outcomeHint')} />
      </Form.Item>
    </FormDialog>
  );
}
