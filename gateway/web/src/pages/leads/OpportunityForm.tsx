import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Flex, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client } from '../../api/client';
import { FormDialog, Required } from '../../design/FormDialog';
import { DateField, MoneyField } from '../../design/fields';
import { type Money, useFormats } from '../../design/formats';
import { useNamed, useNamedChoices } from '../../design/Named';
import { ProductSelect } from '../../design/productSelects';
import { CustomerSelect, RelationshipManagerSelect } from '../../design/selects';
import { AcceptDuplicate, useDuplicate } from './duplicates';
import { type Opportunity, refreshLeads } from './leads';

type Role = Opportunity['members'][number]['role'];

interface Values {
  title: string;
  productCodes?: string[];
  expectedAmount?: Money;
  expectedCloseDate?: string;
  competitors?: string[];
  members?: { personId: string; role: Role }[];
  note?: string;
}

const ROLES: Role[] = [
  'MEMBER_ROLE_CO_WORKER',
  'MEMBER_ROLE_PRODUCT_SPECIALIST',
  'MEMBER_ROLE_REFERRER',
  'MEMBER_ROLE_RISK_OFFICER',
  'MEMBER_ROLE_SUPPORT',
];

type New = Values & { customerId: string; acceptDuplicate?: boolean };

/** Opens an opportunity with a customer; one with a prospect begins as a lead. */
export function NewOpportunity({ pipelineId, open, onClose }: { pipelineId: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation('leads');
  const navigate = useNavigate();
  const duplicate = useDuplicate('OPPORTUNITY_DUPLICATE');
  const submit = duplicate.watched(async ({ acceptDuplicate, ...opportunity }: New) => {
    const { data } = await client.POST('/v1/opportunities', {
      body: { opportunity: { ...opportunity, pipelineId }, acceptDuplicate: acceptDuplicate ?? false },
    });
    await refreshLeads();
    if (data) navigate(`/work/leads/opportunities/${data.opportunityId}`);
  });
  return (
    <FormDialog<New> title={t('newOpportunity')} open={open} onClose={onClose} submit={submit} draftKey="opportunity-new">
      <Required name="customerId" label={t('workbench:field.customer')}>
        <CustomerSelect />
      </Required>
      <OpportunityFields />
      <AcceptDuplicate shown={duplicate.found} words={t('acceptOpportunity')} />
    </FormDialog>
  );
}

function OpportunityFields() {
  const { t } = useTranslation('leads');
  return (
    <>
      <Required name="title" label={t('field.title')}>
        <Input maxLength={200} placeholder={t('titleExample')} />
      </Required>
      <Form.Item name="productCodes" label={t('field.products')}>
        <ProductSelect />
      </Form.Item>
      <Form.Item name="expectedAmount" label={t('field.expectedAmount')}>
        <MoneyField />
      </Form.Item>
      <Form.Item name="expectedCloseDate" label={t('field.expectedCloseDate')}>
        <DateField />
      </Form.Item>
      <Form.Item name="competitors" label={t('field.competitors')}>
        <Select mode="tags" tokenSeparators={[',', '，']} placeholder={t('competitorsExample')} />
      </Form.Item>
      <MemberFields />
      <Form.Item name="note" label={t('field.note')}>
        <Input.TextArea rows={3} maxLength={4000} />
      </Form.Item>
    </>
  );
}

function MemberFields() {
  const { t } = useTranslation('leads');
  const choices = useNamedChoices();
  const required = [{ required: true, message: t('workbench:field.required') }];
  return (
    <Form.Item label={t('field.members')}>
      <Form.List name="members">
        {(fields, { add, remove }) => (
          <Flex vertical gap={8}>
            {fields.map(({ key, name }) => (
              <Flex key={key} gap={8} align="flex-start">
                <Form.Item name={[name, 'personId']} rules={required} className="member-field">
                  <RelationshipManagerSelect aria-label={t('member')} />
                </Form.Item>
                <Form.Item name={[name, 'role']} rules={required} className="member-field">
                  <Select aria-label={t('role')} options={choices(ROLES)} placeholder={t('role')} />
                </Form.Item>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t('removeMember')} onClick={() => remove(name)} />
              </Flex>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add({})}>
              {t('addMember')}
            </Button>
          </Flex>
        )}
      </Form.List>
    </Form.Item>
  );
}

const EDITED = 'title,productCodes,expectedAmount,expectedCloseDate,competitors,members,note';

function editedOf({ title, productCodes, expectedAmount, expectedCloseDate, competitors, members, note }: Opportunity): Values {
  return {
    title,
    productCodes,
    expectedCloseDate,
    competitors,
    note,
    members: members.map(({ personId, role }) => ({ personId, role })),
    ...(expectedAmount ? { expectedAmount } : {}),
  };
}

/** Changes what is known of an open opportunity. */
export function EditOpportunity({
  opportunity,
  open,
  onClose,
}: {
  opportunity: Opportunity;
  open: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const named = useNamed();
  const path = { opportunityId: opportunity.opportunityId };
  const submit = async (values: Values, etag = opportunity.etag) => {
    await client.PATCH('/v1/opportunities/{opportunityId}', {
      params: { path, query: { updateMask: EDITED }, header: { 'If-Match': etag } },
      body: values,
    });
    await refreshLeads();
  };
  const read = async () => {
    const { data } = await client.GET('/v1/opportunities/{opportunityId}', { params: { path } });
    return { etag: data?.etag ?? '', values: data ? editedOf(data) : {} };
  };
  const say = (field: keyof Values, value: unknown) => {
    if (field === 'expectedAmount') return formats.money(value as Money | undefined);
    if (field === 'members') return ((value ?? []) as { role: string }[]).map(({ role }) => named(role)).join(', ');
    return String(value ?? '');
  };
  const labels = {
    title: t('field.title'),
    productCodes: t('field.products'),
    expectedAmount: t('field.expectedAmount'),
    expectedCloseDate: t('field.expectedCloseDate'),
    competitors: t('field.competitors'),
    members: t('field.members'),
    note: t('field.note'),
  };
  return (
    <FormDialog<Values>
      title={t('editOpportunity')}
      open={open}
      onClose={onClose}
      submit={submit}
      initialValues={editedOf(opportunity)}
      draftKey={`opportunity-edit:${opportunity.opportunityId}`}
      edit={{ read, labels, say }}
    >
      <OpportunityFields />
    </FormDialog>
  );
}
