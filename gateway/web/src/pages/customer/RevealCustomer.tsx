import { useMutation } from '@tanstack/react-query';
import { Alert, Descriptions, Form, Input, Modal, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { useNamed } from '../../design/Named';
import type { Customer } from './customer';

const PURPOSE_LETTERS_MIN = 4;

/** Shows numbers unmasked, for a reason that the audit trail keeps; they are gone once the dialog is closed. */
export function RevealCustomer({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation('customer');
  const words = useRefusalWords();
  const [form] = Form.useForm<{ purpose: string }>();
  const { customerId } = customer;
  const revealing = useMutation({
    mutationFn: async (body: { purpose: string }) =>
      (await client.POST('/v1/customers/{customerId}:reveal', { params: { path: { customerId } }, body })).data,
    gcTime: 0,
  });
  const shown = revealing.data;
  return (
    <Modal
      open
      title={t('reveal.title')}
      onCancel={onClose}
      okText={shown ? t('workbench:action.close') : t('reveal.action')}
      cancelButtonProps={shown ? { hidden: true } : {}}
      onOk={() => (shown ? onClose() : form.submit())}
      confirmLoading={revealing.isPending}
    >
      {shown ? (
        <Revealed customer={shown} />
      ) : (
        <Form form={form} layout="vertical" onFinish={(purpose) => revealing.mutate(purpose)}>
          <Typography.Paragraph type="secondary">{t('reveal.hint')}</Typography.Paragraph>
          {revealing.error && <Alert className="form-note" type="error" showIcon title={words(revealing.error)} />}
          <Form.Item
            name="purpose"
            label={t('reveal.purpose')}
            rules={[{ required: true, min: PURPOSE_LETTERS_MIN, message: t('reveal.purposeNeeded') }]}
          >
            <Input maxLength={200} autoFocus placeholder={t('reveal.example')} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}

function Revealed({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const named = useNamed();
  const numbers = [
    { label: named(customer.identifierKind), value: customer.identifier },
    { label: t('phone'), value: customer.phone },
    ...customer.otherIdentifiers.map((each) => ({ label: named(each.kind), value: each.number })),
    ...customer.contactPoints.map((each) => ({
      label: [named(each.kind), each.label].filter(Boolean).join(' · '),
      value: each.value,
    })),
  ].filter(({ value }) => value);
  return (
    <Descriptions
      column={1}
      size="small"
      bordered
      items={numbers.map(({ label, value }) => ({
        key: label + value,
        label,
        children: <Typography.Text copyable>{value}</Typography.Text>,
      }))}
    />
  );
}
