import { Alert, App, Button, Checkbox, DatePicker, Flex, Form, Modal } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { FeedNameField } from '../feeds/FeedNameField';
import { useAct } from '../useAct';

type Task = 'verify' | 'announce';

interface Values {
  feed?: string;
  dates?: [Dayjs | null, Dayjs | null] | null;
  currentOnly?: boolean;
}

/** Long work over datasets: verifying their files, and telling other services of them once more. */
export function DatasetTasks() {
  const { t } = useTranslation('administration');
  const [task, setTask] = useState<Task>();
  return (
    <>
      <Button onClick={() => setTask('verify')}>{t('datasets.verify')}</Button>
      <Button onClick={() => setTask('announce')}>{t('datasets.announce')}</Button>
      {task && <TaskDialog task={task} onClose={() => setTask(undefined)} />}
    </>
  );
}

function TaskDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const { notification } = App.useApp();
  const [form] = Form.useForm<Values>();
  const title = t(task === 'verify' ? 'datasets.verify' : 'datasets.announce');
  const asking = useAct(
    ({ feed, dates, currentOnly }: Values) => {
      const filter = {
        feed: feed ?? '',
        startDate: dates?.[0]?.format('YYYY-MM-DD') ?? '',
        endDate: dates?.[1]?.format('YYYY-MM-DD') ?? '',
        currentOnly: currentOnly ?? false,
      };
      return task === 'verify'
        ? client.POST('/v1/datasets:verify', { body: { filter } })
        : client.POST('/v1/datasets:announce', { body: { filter } });
    },
    t('datasets.begun'),
    '/v1/operations',
  );
  const begun = () => {
    notification.info({ title, description: t('datasets.inTray') });
    onClose();
  };
  return (
    <Modal
      open
      title={title}
      okText={t('datasets.begin')}
      cancelText={t('workbench:action.cancel')}
      okButtonProps={{ loading: asking.isPending }}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Alert
        className="form-note"
        type="info"
        showIcon
        title={t(task === 'verify' ? 'datasets.verifyHint' : 'datasets.announceHint')}
      />
      <Form form={form} layout="vertical" onFinish={(values) => asking.mutate(values, { onSuccess: begun })}>
        <Form.Item name="feed" label={t('feeds.feed')} initialValue="">
          <FeedField />
        </Form.Item>
        <Form.Item name="dates" label={t('runs.businessDate')}>
          <DatePicker.RangePicker allowEmpty={[true, true]} />
        </Form.Item>
        <Flex>
          <Form.Item name="currentOnly" valuePropName="checked" noStyle>
            <Checkbox>{t('datasets.onlyCurrent')}</Checkbox>
          </Form.Item>
        </Flex>
      </Form>
    </Modal>
  );
}

/** The form gives value and change. */
function FeedField({ value = '', onChange }: { value?: string; onChange?: (feed: string) => void }) {
  return <FeedNameField value={value} onChange={(feed) => onChange?.(feed)} />;
}
