import { Refusal } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Flex, Form, Input, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useAccess } from '../../access/access';
import { client, refresh } from '../../api/client';
import { useDraft } from '../../api/drafts';
import { useRefusalWords } from '../../api/refusals';
import { useNamedChoices } from '../../design/Named';
import { RelationshipManagerSelect } from '../../design/selects';
import { type CustomerInput, KINDS, TIERS } from './customer';
import { LikelyDuplicates, SimilarCustomers } from './SimilarCustomers';

const FIRST_STATES = ['CUSTOMER_STATE_PROSPECT', 'CUSTOMER_STATE_ACTIVE'] as const;
const IDENTIFIER_KINDS = {
  person: [
    'IDENTIFIER_KIND_RESIDENT_ID_CARD',
    'IDENTIFIER_KIND_PASSPORT',
    'IDENTIFIER_KIND_TRAVEL_PERMIT',
    'IDENTIFIER_KIND_PERMANENT_RESIDENCE_CARD',
  ],
  organisation: ['IDENTIFIER_KIND_UNIFIED_SOCIAL_CREDIT_CODE', 'IDENTIFIER_KIND_LEI', 'IDENTIFIER_KIND_TAX_NUMBER'],
} as const;

type Typed = Omit<CustomerInput, 'birthOrFoundingDate'> & { birthOrFoundingDate?: string; leadPersonId?: string };

/** Opens a record; tells of customers who are alike while one types, and before a second record of one is opened. */
export function CreateCustomerDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('customers');
  const { message } = App.useApp();
  const navigate = useNavigate();
  const words = useRefusalWords();
  const [form] = Form.useForm<Typed>();
  const draft = useDraft('customers-create', form);
  const creating = useMutation({
    mutationFn: async ({ typed, accept }: { typed: Typed; accept: boolean }) => {
      const { leadPersonId, ...body } = typed;
      const query = { acceptLikelyDuplicates: accept, ...(leadPersonId ? { leadPersonId } : {}) };
      return (await client.POST('/v1/customers', { params: { query }, body })).data;
    },
    onSuccess: async (customer) => {
      draft.drop();
      void message.success(t('create.done'));
      onClose();
      await refresh('/v1/customers');
      if (customer) void navigate(`/customers/${customer.customerId}`);
    },
  });
  const likely = creating.error instanceof Refusal && creating.error.reason === 'LIKELY_DUPLICATE' ? creating.error : undefined;
  const discard = () => {
    form.resetFields();
    draft.drop();
    creating.reset();
  };
  return (
    <Drawer
      open
      size={560}
      title={t('create.title')}
      onClose={onClose}
      footer={
        <Flex justify="space-between">
          <Button type="link" onClick={discard}>
            {t('create.discard')}
          </Button>
          <Flex gap={8}>
            <Button onClick={onClose}>{t('workbench:action.cancel')}</Button>
            <Button type="primary" loading={creating.isPending} onClick={() => form.submit()}>
              {t('create.submit')}
            </Button>
          </Flex>
        </Flex>
      }
    >
      {draft.restored && <Alert className="form-note" type="info" showIcon title={t('workbench:state.draftRestored')} />}
      {likely && (
        <LikelyDuplicates
          refusal={likely}
          busy={creating.isPending}
          onAccept={() => creating.mutate({ typed: form.getFieldsValue(), accept: true })}
        />
      )}
      {creating.error && !likely && <Alert className="form-note" type="error" showIcon title={words(creating.error)} />}
      <Form<Typed>
        form={form}
        layout="vertical"
        initialValues={{ kind: 'CUSTOMER_KIND_RETAIL', state: 'CUSTOMER_STATE_PROSPECT' }}
        onValuesChange={draft.keep}
        onFinish={(typed) => creating.mutate({ typed, accept: false })}
        scrollToFirstError
      >
        <CustomerFields />
      </Form>
    </Drawer>
  );
}

function CustomerFields() {
  const { t } = useTranslation('customers');
  const { leads } = useAccess();
  const choices = useNamedChoices();
  const form = Form.useFormInstance<Typed>();
  const kind = Form.useWatch('kind', form);
  const person = kind === 'CUSTOMER_KIND_RETAIL';
  const needed = [{ required: true, whitespace: true, message: t('workbench:field.required') }];
  return (
    <>
      <Form.Item name="kind" label={t('column.kind')}>
        <Radio.Group options={choices(KINDS)} onChange={() => form.setFieldValue('identifierKind', undefined)} />
      </Form.Item>
      <Form.Item name="displayName" label={t(person ? 'create.personName' : 'create.organisationName')} rules={needed}>
        <Input maxLength={200} autoComplete="off" />
      </Form.Item>
      <SimilarCustomers />
      <Form.Item
        name="customerNumber"
        label={t('column.customer_number')}
        extra={t('create.numberHint')}
        rules={[...needed, { pattern: /^[A-Za-z0-9-]{1,32}$/, message: t('create.numberForm') }]}
      >
        <Input maxLength={32} autoComplete="off" />
      </Form.Item>
      <Flex gap={12} className="field-pair">
        <Form.Item name="identifierKind" label={t('create.identifierKind')}>
          <Select
            allowClear
            placeholder={t(person ? 'create.idCard' : 'create.creditCode')}
            options={choices(person ? IDENTIFIER_KINDS.person : IDENTIFIER_KINDS.organisation)}
          />
        </Form.Item>
        <Form.Item
          name="identifier"
          label={t('column.identifier')}
          rules={[{ pattern: /^[A-Za-z0-9]*$/, message: t('create.identifierForm') }]}
        >
          <Input maxLength={32} autoComplete="off" />
        </Form.Item>
      </Flex>
      <Flex gap={12} className="field-pair">
        <Form.Item name="phone" label={t('column.phone')} rules={[{ pattern: /^[0-9+() -]*$/, message: t('create.phoneForm') }]}>
          <Input maxLength={32} inputMode="tel" autoComplete="off" />
        </Form.Item>
        <Form.Item name="birthOrFoundingDate" label={t(person ? 'create.birthDate' : 'create.foundingDate')}>
          <Input type="date" />
        </Form.Item>
      </Flex>
      <Flex gap={12} className="field-pair">
        <Form.Item name="tier" label={t('column.tier')}>
          <Select allowClear options={choices(TIERS)} />
        </Form.Item>
        <Form.Item name="state" label={t('column.state')}>
          <Select options={choices(FIRST_STATES)} />
        </Form.Item>
      </Flex>
      {leads && (
        <Form.Item name="leadPersonId" label={t('column.lead_person_id')} rules={needed}>
          <RelationshipManagerSelect />
        </Form.Item>
      )}
      <Form.Item name="tags" label={t('column.tags')} extra={t('create.tagsHint')}>
        <Select mode="tags" open={false} suffix={null} tokenSeparators={[',', '，', '、']} maxCount={50} />
      </Form.Item>
    </>
  );
}
