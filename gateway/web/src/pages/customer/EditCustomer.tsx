import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Flex, Form, Input, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../api/client';
import { useDraft } from '../../api/drafts';
import { useRefusalWords } from '../../api/refusals';
import { isStale, StaleEdit } from '../../api/StaleEdit';
import { useNamedChoices } from '../../design/Named';
import { type Customer, isOrganisation } from './customer';
import { CHANNELS, changedOf, type Edit, editOf, inputOf, OWNERSHIPS, SIZES, STATES, TIERS, useFieldWords } from './customerEdit';

/** Changes the record: only what differs is sent, and never over what somebody else changed meanwhile. */
export function EditCustomer({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation('customer');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const fields = useFieldWords();
  const [form] = Form.useForm<Edit>();
  const draft = useDraft(`customer-${customer.customerId}`, form);
  // What the form began with: only what differs from it is the person's own change.
  const [base] = useState(customer);
  const [theirs, setTheirs] = useState<Customer>();
  const { customerId } = customer;

  const saving = useMutation({
    mutationFn: async ({ edit, over }: { edit: Edit; over: Customer }) => {
      const changed = changedOf(editOf(base), edit);
      if (!changed.length) return;
      await client.PATCH('/v1/customers/{customerId}', {
        params: {
          path: { customerId },
          query: { updateMask: changed.join(',') },
          header: { 'If-Match': over.etag },
        },
        body: inputOf(over, edit),
      });
    },
    onSuccess: async () => {
      draft.drop();
      void message.success(t('workbench:state.saved'));
      onClose();
      await refresh('/v1/customers');
    },
    onError: async (error) => {
      if (!isStale(error)) return;
      const { data } = await client.GET('/v1/customers/{customerId}', { params: { path: { customerId } } });
      setTheirs(data);
    },
  });
  const takeTheirs = async () => {
    draft.drop();
    onClose();
    await refresh('/v1/customers');
  };
  const edited = () => ({ ...editOf(base), ...form.getFieldsValue(true) }) as Edit;
  return (
    <Drawer
      open
      title={t('edit.title', { name: customer.displayName })}
      size={520}
      onClose={onClose}
      footer={
        <Flex gap={8} justify="end">
          <Button onClick={onClose}>{t('workbench:action.cancel')}</Button>
          <Button type="primary" loading={saving.isPending} onClick={form.submit}>
            {t('workbench:action.save')}
          </Button>
        </Flex>
      }
    >
      {draft.restored && <Alert className="form-note" type="info" showIcon title={t('workbench:state.draftRestored')} />}
      {saving.error && !isStale(saving.error) && (
        <Alert className="form-note" type="error" showIcon title={words(saving.error)} />
      )}
      <Form
        form={form}
        layout="vertical"
        initialValues={editOf(base)}
        onValuesChange={draft.keep}
        onFinish={() => saving.mutate({ edit: edited(), over: base })}
      >
        <RecordFields organisation={isOrganisation(customer)} />
      </Form>
      {theirs && (
        <StaleEdit
          fields={fields(editOf(theirs), edited(), changedOf(editOf(base), edited()))}
          onTakeTheirs={() => void takeTheirs()}
          onKeepMine={() => {
            const over = theirs;
            setTheirs(undefined);
            saving.mutate({ edit: edited(), over });
          }}
          onCancel={() => setTheirs(undefined)}
        />
      )}
    </Drawer>
  );
}

function RecordFields({ organisation }: { organisation: boolean }) {
  const { t } = useTranslation('customer');
  const choices = useNamedChoices();
  return (
    <>
      <Form.Item
        name="displayName"
        label={t('field.displayName')}
        rules={[{ required: true, message: t('workbench:field.required') }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <div className="customer-field-pairs">
        <Form.Item name="phone" label={t('phone')} extra={t('edit.masked')}>
          <Input maxLength={32} inputMode="tel" />
        </Form.Item>
        <Form.Item name="birthOrFoundingDate" label={organisation ? t('field.founded') : t('field.born')}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="tier" label={t('field.tier')}>
          <Select options={choices(TIERS)} />
        </Form.Item>
        <Form.Item name="state" label={t('workbench:field.state')}>
          <Select options={choices(STATES)} />
        </Form.Item>
        {organisation && (
          <>
            <Form.Item name="size" label={t('field.size')}>
              <Select allowClear options={choices(SIZES)} />
            </Form.Item>
            <Form.Item name="ownership" label={t('field.ownership')}>
              <Select allowClear options={choices(OWNERSHIPS)} />
            </Form.Item>
            <Form.Item
              name="listing"
              label={t('field.listing')}
              rules={[{ pattern: /^([A-Z]{2,8}:[A-Z0-9.]{1,12})?$/, message: 'SSE:600000' }]}
            >
              <Input placeholder="SSE:600000" maxLength={20} />
            </Form.Item>
          </>
        )}
        <Form.Item
          name="industryCode"
          label={t('field.industry')}
          rules={[{ pattern: /^([A-T]([0-9]{2,4})?)?$/, message: 'C39' }]}
        >
          <Input placeholder="C39" maxLength={5} />
        </Form.Item>
        <Form.Item name="channel" label={t('field.channel')}>
          <Select allowClear options={choices(CHANNELS)} />
        </Form.Item>
        <Form.Item name="contactHours" label={t('field.contactHours')}>
          <Input maxLength={100} />
        </Form.Item>
      </div>
      <Form.Item name="tags" label={t('field.tags')}>
        <Select mode="tags" maxCount={50} tokenSeparators={[',', '，']} open={false} suffixIcon={null} />
      </Form.Item>
      <Form.Item name="noOffers" label={t('field.noOffers')} layout="horizontal" valuePropName="checked">
        <Switch />
      </Form.Item>
    </>
  );
}
