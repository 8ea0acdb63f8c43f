import { DatePicker, Flex, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { useFormats } from '../../../design/formats';
import { useNamed, useNamedChoices } from '../../../design/Named';
import { useRelationshipManagers } from '../../../design/selects';
import { useProductChoices } from '../../contacts/choices';
import { OUTCOMES, PURPOSES } from '../../contacts/recording';
import { heldAs, instantOf, minuteOf } from '../days';
import { usePersonName } from '../people';
import { AFFECTED, type Contact, KINDS } from './contact';

interface Values {
  kind: Contact['kind'];
  start: string;
  minutes: number;
  purpose?: Contact['purpose'] | undefined;
  outcome?: Contact['outcome'] | undefined;
  subject: string;
  summary: string;
  place: string;
  products: string[];
  colleaguePersonIds: string[];
}

const said = <Value extends string>(value: Value): Value | undefined => (value.endsWith('_UNSPECIFIED') ? undefined : value);

const valuesOf = (contact: Contact): Values => ({
  kind: contact.kind,
  start: minuteOf(contact.startTime),
  minutes: contact.minutes,
  purpose: said(contact.purpose),
  outcome: said(contact.outcome),
  subject: contact.subject,
  summary: contact.summary,
  place: contact.place,
  products: contact.products,
  colleaguePersonIds: contact.colleaguePersonIds,
});

/** Corrects a contact; what it was before is kept. */
export function EditContact({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const named = useNamed();
  const nameOf = usePersonName();
  const path = { contactId: contact.contactId };
  const submit = async (values: Values, etag = contact.etag) => {
    const { start, ...rest } = values;
    const before = valuesOf(contact);
    const changed = (Object.keys(before) as (keyof Values)[]).filter(
      (name) => JSON.stringify(values[name]) !== JSON.stringify(before[name]),
    );
    if (!changed.length) return;
    await client.PATCH('/v1/contacts/{contactId}', {
      params: {
        path,
        query: { updateMask: changed.map((name) => (name === 'start' ? 'startTime' : name)).join(',') },
        header: { 'If-Match': `"${etag}"` },
      },
      body: {
        ...rest,
        purpose: rest.purpose ?? 'CONTACT_PURPOSE_UNSPECIFIED',
        outcome: rest.outcome ?? 'CONTACT_OUTCOME_UNSPECIFIED',
        startTime: instantOf(start),
      },
    });
    await refresh(...AFFECTED);
  };
  const labels = {
    kind: t('contacts.kind'),
    start: t('contacts.when'),
    minutes: t('contacts.minutes'),
    purpose: t('contacts.purpose'),
    outcome: t('contacts.outcome'),
    subject: t('contacts.subject'),
    summary: t('contacts.summary'),
    place: t('form.place'),
    products: t('contacts.products'),
    colleaguePersonIds: t('contacts.colleagues'),
  };
  const say = (field: keyof Values, value: unknown): string => {
    if (field === 'start') return formats.instant(instantOf(String(value)));
    if (field === 'colleaguePersonIds') return (value as string[]).map(nameOf).join(t('form.comma'));
    if (Array.isArray(value)) return value.join(t('form.comma'));
    return field === 'kind' || field === 'purpose' || field === 'outcome'
      ? named(value as string | undefined)
      : String(value ?? '');
  };
  const read = async () => {
    const { data } = await client.GET('/v1/contacts/{contactId}', { params: { path } });
    return { etag: data?.etag ?? '', values: data ? valuesOf(data) : {} };
  };
  return (
    <FormDialog<Values>
      open
      title={t('contacts.edit')}
      draftKey={`contact/${contact.contactId}`}
      initialValues={valuesOf(contact)}
      edit={{ read, labels, say }}
      submit={submit}
      onClose={onClose}
    >
      <Fields done={contact.state === 'CONTACT_STATE_DONE'} />
    </FormDialog>
  );
}

function Fields({ done }: { done: boolean }) {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  const products = useProductChoices();
  const colleagues = useRelationshipManagers();
  return (
    <>
      <Flex gap={12} wrap>
        <Form.Item name="kind" label={t('contacts.kind')} className="schedule-grows">
          <Select options={choices(KINDS)} />
        </Form.Item>
        <Form.Item name="start" label={t('contacts.when')} className="schedule-grows" {...heldAs('minute')}>
          <DatePicker showTime={{ format: 'HH:mm', minuteStep: 5 }} format="YYYY-MM-DD HH:mm" allowClear={false} />
        </Form.Item>
        <Form.Item name="minutes" label={t('contacts.minutes')}>
          <InputNumber min={0} max={1440} precision={0} className="short-number" suffix={t('contacts.minutesUnit')} />
        </Form.Item>
      </Flex>
      <Flex gap={12} wrap>
        <Form.Item name="purpose" label={t('contacts.purpose')} className="schedule-grows">
          <Select allowClear options={choices(PURPOSES)} />
        </Form.Item>
        {done && (
          <Form.Item name="outcome" label={t('contacts.outcome')} className="schedule-grows">
            <Select allowClear options={choices(OUTCOMES)} />
          </Form.Item>
        )}
      </Flex>
      <Form.Item name="subject" label={t('contacts.subject')}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="summary" label={t('contacts.summary')}>
        <Input.TextArea rows={3} maxLength={8000} />
      </Form.Item>
      <Form.Item name="place" label={t('form.place')}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="products" label={t('contacts.products')}>
        <Select mode="tags" options={products} maxCount={30} />
      </Form.Item>
      <Form.Item name="colleaguePersonIds" label={t('contacts.colleagues')}>
        <Select
          mode="multiple"
          maxCount={20}
          showSearch={{ optionFilterProp: 'label' }}
          options={(colleagues.data ?? []).map((person) => ({ value: person.personId, label: person.displayName }))}
        />
      </Form.Item>
    </>
  );
}
