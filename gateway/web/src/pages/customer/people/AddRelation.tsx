import type { Schema } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Form, Input, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useDraft } from '../../../api/drafts';
import { useRefusalWords } from '../../../api/refusals';
import { CustomerSelect } from '../../../design/selects';
import { type Customer, isOrganisation } from '../customer';
import { useRelationWords } from './relationWords';

type RelationInput = Schema<'customer.v1.Relation.Input'>;
type Kind = RelationInput['kind'];

const OF_PERSONS: Kind[] = ['RELATION_KIND_SPOUSE', 'RELATION_KIND_PARENT', 'RELATION_KIND_SIBLING'];
const OF_ORGANISATIONS: Kind[] = [
  'RELATION_KIND_SHAREHOLDER',
  'RELATION_KIND_ACTUAL_CONTROLLER',
  'RELATION_KIND_LEGAL_REPRESENTATIVE',
  'RELATION_KIND_DIRECTOR',
  'RELATION_KIND_SUPERVISOR',
  'RELATION_KIND_EXECUTIVE',
  'RELATION_KIND_SUPPLIER',
];
const OF_ALL: Kind[] = ['RELATION_KIND_GUARANTOR', 'RELATION_KIND_OTHER'];
const SAME_FROM_BOTH: Kind[] = ['RELATION_KIND_SPOUSE', 'RELATION_KIND_SIBLING', 'RELATION_KIND_OTHER'];

interface Values {
  otherCustomerId: string;
  otherName?: string;
  /** The kind, and `/inverse` where the customer is what the kind says. */
  reading: string;
  label?: string;
  sharePercent?: string;
  startDate?: string;
  note?: string;
}

/** Says who somebody is to the customer. */
export function AddRelation({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation('customer');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<Values>();
  const draft = useDraft(`relation-${customer.customerId}`, form);
  const reading = Form.useWatch('reading', form) ?? '';
  const adding = useMutation({
    mutationFn: (values: Values) => client.POST('/v1/relations', { body: relationOf(values, customer.customerId) }),
    onSuccess: async () => {
      draft.drop();
      void message.success(t('workbench:state.saved'));
      onClose();
      await refresh('/v1/customers/{customerId}/relations');
    },
  });
  return (
    <Modal open title={t('relation.add')} onCancel={onClose} onOk={form.submit} confirmLoading={adding.isPending}>
      <Form form={form} layout="vertical" onFinish={adding.mutate} onValuesChange={draft.keep} requiredMark={false}>
        {adding.error && <Alert className="form-note" type="error" showIcon title={words(adding.error)} />}
        <Form.Item name="otherName" hidden>
          <Input />
        </Form.Item>
        <Form.Item
          name="otherCustomerId"
          label={t('relation.who')}
          rules={[{ required: true, message: t('workbench:field.required') }]}
        >
          <CustomerSelect
            chosenName={form.getFieldValue('otherName') as string | undefined}
            onChange={(_, label) => form.setFieldValue('otherName', label)}
          />
        </Form.Item>
        <Form.Item
          name="reading"
          label={t('relation.isWhat', { name: customer.displayName })}
          rules={[{ required: true, message: t('workbench:field.required') }]}
        >
          <Select options={useReadings(customer)} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
        {reading.startsWith('RELATION_KIND_OTHER') && (
          <Form.Item
            name="label"
            label={t('relation.label')}
            rules={[{ required: true, message: t('workbench:field.required') }]}
          >
            <Input maxLength={40} />
          </Form.Item>
        )}
        {reading.startsWith('RELATION_KIND_SHAREHOLDER') && (
          <Form.Item
            name="sharePercent"
            label={t('relation.share')}
            rules={[{ pattern: /^(100(\.0{1,4})?|[0-9]{1,2}(\.[0-9]{1,4})?)$/, message: '0.0001 – 100' }]}
          >
            <Input suffix="%" inputMode="decimal" maxLength={8} />
          </Form.Item>
        )}
        <Form.Item name="startDate" label={t('relation.since')}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="note" label={t('workbench:field.note')}>
          <Input.TextArea maxLength={500} rows={2} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function useReadings(customer: Customer): { value: string; label: string }[] {
  const words = useRelationWords();
  const organisation = isOrganisation(customer);
  // What the other end can be to this customer, and what it can be from the other way.
  const straight = [...(organisation ? OF_ORGANISATIONS : OF_PERSONS), ...OF_ALL];
  const inverse = [
    ...(organisation
      ? (['RELATION_KIND_SHAREHOLDER', 'RELATION_KIND_SUPPLIER'] as Kind[])
      : [...OF_PERSONS, ...OF_ORGANISATIONS]),
    'RELATION_KIND_GUARANTOR' as Kind,
  ];
  return [
    ...straight.map((kind) => ({ value: kind as string, label: words(kind, false) })),
    ...inverse
      .filter((kind) => !SAME_FROM_BOTH.includes(kind))
      .map((kind) => ({ value: `${kind}/inverse`, label: words(kind, true) })),
  ];
}

function relationOf(values: Values, customerId: string): RelationInput {
  const [kind, inverse] = values.reading.split('/') as [Kind, string?];
  const own = { customerId };
  const other = { customerId: values.otherCustomerId };
  return {
    kind,
    fromParty: inverse ? own : other,
    toParty: inverse ? other : own,
    label: kind === 'RELATION_KIND_OTHER' ? (values.label ?? '') : '',
    sharePercent: kind === 'RELATION_KIND_SHAREHOLDER' ? (values.sharePercent ?? '') : '',
    startDate: values.startDate ?? '',
    note: values.note ?? '',
  };
}
