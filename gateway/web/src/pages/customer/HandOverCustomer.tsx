import { useMutation } from '@tanstack/react-query';
import { Alert, App, Form, Input, Modal, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { isStale } from '../../api/StaleEdit';
import { RelationshipManagerSelect } from '../../design/selects';
import { type Customer, usePersonName } from './customer';

interface HandOver {
  leadPersonId: string;
  reason: string;
}

/** Gives this one customer to another relationship manager; many at once are handed over from the list. */
export function HandOverCustomer({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation('customer');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const nameOf = usePersonName();
  const [form] = Form.useForm<HandOver>();
  const { customerId } = customer;
  const handing = useMutation({
    mutationFn: (body: HandOver) =>
      client.POST('/v1/customers/{customerId}:reassign', {
        params: { path: { customerId } },
        body: { ...body, etag: customer.etag },
      }),
    onSuccess: async () => {
      void message.success(t('handOver.done'));
      onClose();
      await refresh('/v1/customers');
    },
    onError: (error) => {
      if (isStale(error)) void refresh('/v1/customers');
    },
  });
  return (
    <Modal
      open
      title={t('handOver.title', { name: customer.displayName })}
      okText={t('handOver.action')}
      confirmLoading={handing.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" onFinish={handing.mutate} requiredMark={false}>
        <Typography.Paragraph type="secondary">
          {t('handOver.hint', { name: nameOf(customer.leadPersonId) || t('nobody') })}
        </Typography.Paragraph>
        {handing.error && <Alert className="form-note" type="error" showIcon title={words(handing.error)} />}
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
          rules={[{ required: true, message: t('workbench:field.required') }]}
        >
          <Input.TextArea maxLength={200} rows={2} showCount />
        </Form.Item>
      </Form>
    </Modal>
  );
}
