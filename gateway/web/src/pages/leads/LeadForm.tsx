import { Form, Input, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client } from '../../api/client';
import { FormDialog, Required } from '../../design/FormDialog';
import { MoneyField } from '../../design/fields';
import { type Money, useFormats } from '../../design/formats';
import { useNamed, useNamedChoices } from '../../design/Named';
import { ProductSelect } from '../../design/productSelects';
import { CustomerSelect } from '../../design/selects';
import { AcceptDuplicate, useDuplicate } from './duplicates';
import { LEAD_SOURCES, type Lead, refreshLeads } from './leads';

interface Values {
  title: string;
  source: Lead['source'];
  who?: 'customer' | 'prospect';
  customerId?: string;
  prospectName?: string;
  phone?: string;
  identifier?: string;
  productCodes?: string[];
  expectedAmount?: Money;
  note?: string;
  assign?: 'own' | 'rules';
  acceptDuplicate?: boolean;
}

/** Captures a lead: of a customer, or of somebody who is not yet one. */
export function NewLead({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('leads');
  const navigate = useNavigate();
  const duplicate = useDuplicate('LEAD_DUPLICATE');
  const submit = duplicate.watched(async ({ who, assign, acceptDuplicate, ...values }: Values) => {
    const prospect = who === 'prospect';
    const { data } = await client.POST('/v1/leads', {
      body: {
        lead: {
          ...values,
          customerId: prospect ? '' : (values.customerId ?? ''),
          prospectName: prospect ? (values.prospectName ?? '') : '',
          phone: prospect ? (values.phone ?? '') : '',
          identifier: prospect ? (values.identifier ?? '') : '',
        },
        assign: assign === 'rules',
        acceptDuplicate: acceptDuplicate ?? false,
      },
    });
    await refreshLeads();
    if (data) navigate(`/work/leads/${data.leadId}`);
  });
  return (
    <FormDialog<Values>
      title={t('newLead')}
      open={open}
      onClose={onClose}
      submit={submit}
      initialValues={{ who: 'customer', assign: 'own', source: 'LEAD_SOURCE_OWN_WORK' }}
      draftKey="lead-new"
    >
      <Form.Item name="who" label={t('who')}>
        <Radio.Group
          optionType="button"
          options={(['customer', 'prospect'] as const).map((who) => ({ value: who, label: t(`whom.${who}`) }))}
        />
      </Form.Item>
      <Form.Item noStyle dependencies={['who']}>
        {({ getFieldValue }) => (getFieldValue('who') === 'prospect' ? <ProspectFields /> : <CustomerField />)}
      </Form.Item>
      <LeadFields />
      <Form.Item name="assign" label={t('assignTo')}>
        <Radio.Group options={(['own', 'rules'] as const).map((how) => ({ value: how, label: t(`assignTos.${how}`) }))} />
      </Form.Item>
      <AcceptDuplicate shown={duplicate.found} words={t('acceptLead')} />
    </FormDialog>
  );
}

function CustomerField() {
  const { t } = useTranslation();
  return (
    <Required name="customerId" label={t('workbench:field.customer')}>
      <CustomerSelect />
    </Required>
  );
}

function ProspectFields() {
  const { t } = useTranslation('leads');
  return (
    <>
      <Required name="prospectName" label={t('field.prospectName')}>
        <Input maxLength={200} />
      </Required>
      <Form.Item name="phone" label={t('field.phone')}>
        <Input inputMode="tel" maxLength={32} />
      </Form.Item>
      <Form.Item name="identifier" label={t('field.identifier')}>
        <Input maxLength={64} />
      </Form.Item>
    </>
  );
}

function LeadFields() {
  const { t } = useTranslation('leads');
  const choices = useNamedChoices();
  return (
    <>
      <Required name="title" label={t('field.title')}>
        <Input maxLength={200} placeholder={t('titleExample')} />
      </Required>
      <Required name="source" label={t('field.source')}>
        <Select options={choices(LEAD_SOURCES)} />
      </Required>
      <Form.Item name="productCodes" label={t('field.products')}>
        <ProductSelect />
      </Form.Item>
      <Form.Item name="expectedAmount" label={t('field.expectedAmount')}>
        <MoneyField />
      </Form.Item>
      <Form.Item name="note" label={t('field.note')}>
        <Input.TextArea rows={3} maxLength={4000} />
      </Form.Item>
    </>
  );
}

const EDITED = 'title,source,productCodes,expectedAmount,note';

type Edited = Pick<Values, 'title' | 'source' | 'productCodes' | 'expectedAmount' | 'note'>;
const editedOf = ({ title, source, productCodes, expectedAmount, note }: Lead): Edited => ({
  title,
  source,
  productCodes,
  note,
  ...(expectedAmount ? { expectedAmount } : {}),
});

/** Corrects what is known of an open lead. */
export function EditLead({ lead, open, onClose }: { lead: Lead; open: boolean; onClose: () => void }) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const named = useNamed();
  const path = { leadId: lead.leadId };
  const submit = async (values: Edited, etag = lead.etag) => {
    await client.PATCH('/v1/leads/{leadId}', {
      params: { path, query: { updateMask: EDITED }, header: { 'If-Match': etag } },
      body: values,
    });
    await refreshLeads();
  };
  const read = async () => {
    const { data } = await client.GET('/v1/leads/{leadId}', { params: { path } });
    return { etag: data?.etag ?? '', values: data ? editedOf(data) : {} };
  };
  const say = (field: string, value: unknown) => {
    if (field === 'source') return named(value as string);
    return field === 'expectedAmount' ? formats.money(value as Money | undefined) : String(value ?? '');
  };
  const labels = {
    title: t('field.title'),
    source: t('field.source'),
    productCodes: t('field.products'),
    expectedAmount: t('field.expectedAmount'),
    note: t('field.note'),
  };
  return (
    <FormDialog<Edited>
      title={t('editLead')}
      open={open}
      onClose={onClose}
      submit={submit}
      initialValues={editedOf(lead)}
      draftKey={`lead-edit:${lead.leadId}`}
      edit={{ read, labels, say }}
    >
      <LeadFields />
    </FormDialog>
  );
}
