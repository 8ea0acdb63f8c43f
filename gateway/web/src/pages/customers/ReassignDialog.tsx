import { useMutation } from '@tanstack/react-query';
import { Alert, App, Form, Input, Modal, Progress } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../api/client';
import { useDraft } from '../../api/drafts';
import { useRefusalWords } from '../../api/refusals';
import { RelationshipManagerSelect } from '../../design/selects';

interface Asked {
  leadPersonId: string;
  reason: string;
}

interface Props {
  customers: { customerId: string; displayName: string; etag?: string }[];
  onClose: () => void;
  onDone: () => void;
}

/** Hands customers over to a colleague at once, one after the other; those that did not go are named. */
export function ReassignDialog({ customers, onClose, onDone }: Props) {
  const { t } = useTranslation('customers');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<Asked>();
  const draft = useDraft('customers-reassign', form);
  const [done, setDone] = useState(0);
  const [refused, setRefused] = useState<string[]>([]);
  const moving = useMutation({
    mutationFn: async (asked: Asked) => {
      const failed: string[] = [];
      setDone(0);
      for (const { customerId, displayName, etag = '' } of customers) {
        const path = { params: { path: { customerId } }, body: { ...asked, etag } };
        await client.POST('/v1/customers/{customerId}:reassign', path).catch((error: unknown) => {
          failed.push(`${displayName}${t('handOver.colon')}${words(error)}`);
        });
        setDone((before) => before + 1);
      }
      return failed;
    },
    onSuccess: async (failed) => {
      draft.drop();
      await refresh('/v1/customers');
      setRefused(failed);
      if (failed.length) return;
      void message.success(t('handOver.moved', { count: customers.length }));
      onDone();
    },
  });
  return (
    <Modal
      open
      title={t('handOver.reassignTitle', { count: customers.length })}
      okText={t('handOver.button')}
      confirmLoading={moving.isPending}
      onOk={() => form.submit()}
      onCancel={refused.length ? onDone : onClose}
    >
      {refused.length > 0 && (
        <Alert
          className="form-note"
          type="error"
          showIcon
          title={t('handOver.notMoved', { count: refused.length })}
          description={refused.map((line) => <div key={line}>{line}</div>)}
        />
      )}
      <p>
        {customers
          .slice(0, 5)
          .map(({ displayName }) => displayName)
          .join(t('handOver.comma'))}
        {customers.length > 5 && t('handOver.andMore', { count: customers.length - 5 })}
      </p>
      <Form<Asked> form={form} layout="vertical" onValuesChange={draft.keep} onFinish={(asked) => moving.mutate(asked)}>
        <Form.Item
          name="leadPersonId"
          label={t('handOver.to')}
          rules={[{ required: true, message: t('workbench:field.required') }]}
        >
          <RelationshipManagerSelect />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t('workbench:field.reason')}
          extra={t('handOver.reasonHint')}
          rules={[{ required: true, whitespace: true, message: t('workbench:field.required') }]}
        >
          <Input.TextArea maxLength={200} rows={2} />
        </Form.Item>
      </Form>
      {moving.isPending && <Progress percent={Math.floor((done / customers.length) * 100)} aria-label={t('handOver.button')} />}
    </Modal>
  );
}
