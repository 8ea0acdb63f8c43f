import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Checkbox, DatePicker, Drawer, Flex, Form, Input, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useDraft } from '../../../api/drafts';
import { useRefusalWords } from '../../../api/refusals';
import { isStale, StaleEdit } from '../../../api/StaleEdit';
import { useNamedChoices } from '../../../design/Named';
import { CustomerSelect, useRelationshipManagers } from '../../../design/selects';
import { heldAs, instantOf } from '../days';
import { usePersonName } from '../people';
import {
  type Appointment,
  type AppointmentFields,
  changedBetween,
  endAfter,
  fieldsOf,
  inputOf,
  NO_REMINDER,
  newFields,
} from './AppointmentForm';
import { APPOINTMENT_KINDS, type Entry, WITH_CUSTOMER } from './entries';
import { type SeriesPart, settled } from './moves';
import { RepetitionFields } from './RepetitionFields';
import { repetitionOf } from './recurrence';
import { useStaleFields } from './useStaleFields';

const REMINDERS = [NO_REMINDER, 0, 5, 15, 30, 60, 120, 1_440];

export interface Edited {
  appointment: Appointment;
  part: SeriesPart;
  occurrence?: Entry | undefined;
}

interface Props {
  /** What is changed; nothing for a new one. */
  edited?: Edited | undefined;
  chosen?: { start: string; end: string; allDay: boolean } | undefined;
  /** In whose calendar a new one stands; the person's own where nobody is said. */
  ownerPersonId?: string | undefined;
  onClose: () => void;
}

/** Makes an appointment, or changes one: once, one of a series, or a series. */
export function AppointmentDrawer({ edited, chosen, ownerPersonId, onClose }: Props) {
  const { t } = useTranslation('schedule');
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<AppointmentFields>();
  const [shown] = useState(() => (edited ? fieldsOf(edited.appointment, edited.occurrence) : newFields(chosen)));
  const draft = useDraft(edited ? `appointment/${edited.appointment.appointmentId}` : 'appointment', form);
  const [refusesConflicts, setRefusesConflicts] = useState(true);
  const saving = useMutation({
    mutationFn: (etag: string) => {
      const said = { ...shown, ...form.getFieldsValue(true) } as AppointmentFields;
      return edited ? change(edited, shown, said, etag, refusesConflicts) : create(said, refusesConflicts, ownerPersonId);
    },
    onSuccess: () => {
      void message.success(common('state.saved'));
      draft.drop();
      void settled();
      onClose();
    },
  });
  const stale = useStaleFields(isStale(saving.error) ? edited?.appointment.appointmentId : undefined, edited?.occurrence);
  const conflicts = (saving.error as { reason?: string } | null)?.reason === 'TIME_CONFLICTS';
  const occurrenceOnly = edited?.part === 'SERIES_PART_THIS';
  const special = edited && repetitionOf(edited.appointment.recurrence) === undefined;
  return (
    <Drawer
      open
      size={520}
      title={t(edited ? 'form.edit' : 'form.new')}
      onClose={onClose}
      footer={
        <Flex gap={8} justify="end">
          <Button onClick={onClose}>{common('action.cancel')}</Button>
          <Button type="primary" loading={saving.isPending} onClick={() => form.submit()}>
            {common('action.save')}
          </Button>
        </Flex>
      }
    >
      {draft.restored && <Alert className="form-note" type="info" showIcon title={common('state.draftRestored')} />}
      {saving.error && !stale && !conflicts && <Alert className="form-note" type="error" showIcon title={words(saving.error)} />}
      {conflicts && (
        <Alert
          className="form-note"
          type="warning"
          showIcon
          title={t('form.conflicts')}
          action={
            <Button
              size="small"
              onClick={() => {
                setRefusesConflicts(false);
                form.submit();
              }}
            >
              {t('form.saveAnyway')}
            </Button>
          }
        />
      )}
      <Form
        form={form}
        layout="vertical"
        initialValues={shown}
        onValuesChange={(changed: Partial<AppointmentFields>) => {
          setRefusesConflicts(true);
          draft.keep();
          if (changed.allDay !== undefined) switchDays(changed.allDay);
        }}
        onFinish={() => saving.mutate(edited?.appointment.etag ?? '')}
      >
        <Appointed form={form} shown={shown} />
        {!occurrenceOnly && !special && <RepetitionFields />}
        {special && !occurrenceOnly && <Alert className="form-note" type="info" title={t('form.special')} />}
        <Participants ownerPersonId={edited?.appointment.ownerPersonId ?? ownerPersonId} />
        <Form.Item name="place" label={t('form.place')}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="reminderMinutes" label={t('form.reminder')}>
          <Select options={REMINDERS.map((value) => ({ value, label: t(`reminder.${value}`) }))} />
        </Form.Item>
        <Form.Item name="description" label={t('form.description')}>
          <Input.TextArea rows={2} maxLength={4000} />
        </Form.Item>
        <Flex gap={16} wrap>
          <Form.Item name="private" valuePropName="checked" noStyle>
            <Checkbox>{t('form.private')}</Checkbox>
          </Form.Item>
          <Form.Item name="free" valuePropName="checked" noStyle>
            <Checkbox>{t('form.free')}</Checkbox>
          </Form.Item>
        </Flex>
      </Form>
      {stale && edited && (
        <StaleEdit
          fields={stale.fieldsAgainst({ ...shown, ...form.getFieldsValue(true) } as AppointmentFields)}
          onTakeTheirs={() => {
            draft.drop();
            void settled();
            onClose();
          }}
          onKeepMine={() => saving.mutate(stale.etag)}
          onCancel={() => saving.reset()}
        />
      )}
    </Drawer>
  );

  function switchDays(allDay: boolean): void {
    const { start, end } = form.getFieldsValue(true) as AppointmentFields;
    const at = (day: string, hour: string) => `${day.slice(0, 10)}T${hour}`;
    form.setFieldsValue(
      allDay ? { start: start.slice(0, 10), end: end.slice(0, 10) } : { start: at(start, '09:00'), end: at(end, '10:00') },
    );
  }
}

/** What it is, when, and with which customer. */
function Appointed({ form, shown }: { form: ReturnType<typeof Form.useForm<AppointmentFields>>[0]; shown: AppointmentFields }) {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  const { may } = useAccess();
  const allDay = Form.useWatch('allDay', form) ?? shown.allDay;
  const kind = Form.useWatch('kind', form) ?? shown.kind;
  const start = Form.useWatch('start', form) ?? shown.start;
  const customerName = Form.useWatch('customerName', { form, preserve: true }) ?? shown.customerName;
  const [before, setBefore] = useState({ start: shown.start, end: shown.end });
  const withCustomer = WITH_CUSTOMER.includes(kind);
  const held = heldAs(allDay ? 'day' : 'minute');
  const time = allDay ? {} : { showTime: { format: 'HH:mm', minuteStep: 5 as const }, format: 'YYYY-MM-DD HH:mm' };
  const needed = [{ required: true, message: t('form.dayNeeded') }];
  return (
    <>
      <Form.Item
        name="title"
        label={t('form.title')}
        rules={withCustomer ? [] : [{ required: true, whitespace: true, message: t('form.titleNeeded') }]}
      >
        <Input maxLength={200} placeholder={t(withCustomer ? 'form.titleHint' : 'form.titleHintPlain')} />
      </Form.Item>
      <Flex gap={12} wrap>
        <Form.Item name="kind" label={t('form.kind')} className="schedule-grows">
          <Select options={choices(APPOINTMENT_KINDS)} />
        </Form.Item>
        <Form.Item name="allDay" label={t('form.allDay')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </Flex>
      {may('customer.record.read') && withCustomer && (
        <Form.Item name="customerId" label={t('form.customer')} rules={[{ required: true, message: t('form.customerNeeded') }]}>
          <CustomerSelect chosenName={customerName} onChange={(_, label) => form.setFieldValue('customerName', label)} />
        </Form.Item>
      )}
      <Flex gap={12} wrap>
        <Form.Item name="start" label={t('form.start')} {...held} rules={needed} className="schedule-grows">
          <DatePicker
            {...time}
            allowClear={false}
            onChange={(_, text) => {
              const now = String(text).replace(' ', 'T');
              const { end } = form.getFieldsValue(true) as AppointmentFields;
              const later = endAfter(now, before.start, end, allDay);
              setBefore({ start: now, end: later });
              form.setFieldValue('end', later);
            }}
          />
        </Form.Item>
        <Form.Item
          name="end"
          label={t('form.end')}
          {...held}
          className="schedule-grows"
          dependencies={['start']}
          rules={[
            ...needed,
            {
              validator: (_, end: string | undefined) =>
                !end || end > start || (allDay && end === start)
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('form.endBefore'))),
            },
          ]}
        >
          <DatePicker {...time} allowClear={false} />
        </Form.Item>
      </Flex>
    </>
  );
}

/** The colleagues who take part, and who of them is busy then. */
function Participants({ ownerPersonId }: { ownerPersonId: string | undefined }) {
  const { t } = useTranslation('schedule');
  const { personId } = useAccess();
  const colleagues = useRelationshipManagers();
  const nameOf = usePersonName();
  const form = Form.useFormInstance<AppointmentFields>();
  const invited = Form.useWatch('participantPersonIds', form) ?? [];
  const start = Form.useWatch('start', form);
  const end = Form.useWatch('end', form);
  const asked = Boolean(invited.length && start && end && start.length > 10 && end > start);
  const busy = useQuery({
    queryKey: ['/v1/busyTimes', invited, start, end],
    queryFn: async () => {
      const query = { personIds: invited.slice(0, 20), startTime: instantOf(start ?? ''), endTime: instantOf(end ?? '') };
      return (await client.GET('/v1/busyTimes', { params: { query } })).data?.busyTimes ?? [];
    },
    enabled: asked,
  });
  const taken = [...new Set((busy.data ?? []).map((time) => time.personId))].map(nameOf).filter(Boolean);
  const owner = ownerPersonId || personId;
  const options = (colleagues.data ?? [])
    .filter((person) => person.personId !== owner)
    .map((person) => ({ value: person.personId, label: `${person.displayName} ${person.staffNumber}` }));
  return (
    <Form.Item
      name="participantPersonIds"
      label={t('form.participants')}
      {...(asked && busy.data
        ? { extra: taken.length ? t('form.busy', { names: taken.join(t('form.comma')) }) : t('form.allFree') }
        : {})}
      {...(taken.length ? { validateStatus: 'warning' as const } : {})}
    >
      <Select
        mode="multiple"
        options={options}
        showSearch={{ optionFilterProp: 'label' }}
        maxCount={50}
        placeholder={t('form.participantsHint')}
      />
    </Form.Item>
  );
}

async function create(said: AppointmentFields, refuseConflicts: boolean, ownerPersonId: string | undefined) {
  const body = { ...inputOf(said), kind: said.kind, ...(ownerPersonId ? { ownerPersonId } : {}) };
  await client.POST('/v1/appointments', { params: { query: { refuseConflicts } }, body });
}

async function change(edited: Edited, shown: AppointmentFields, said: AppointmentFields, etag: string, refuseConflicts: boolean) {
  const { appointment, part, occurrence } = edited;
  const changed = changedBetween(shown, said);
  if (!changed.length) return;
  await client.PATCH('/v1/appointments/{appointmentId}', {
    params: {
      path: { appointmentId: appointment.appointmentId },
      query: {
        updateMask: changed.join(','),
        part,
        refuseConflicts,
        ...(part !== 'SERIES_PART_ALL' && occurrence?.originalStartTime
          ? { originalStartTime: occurrence.originalStartTime }
          : {}),
      },
      header: { 'If-Match': `"${etag}"` },
    },
    body: inputOf(said),
  });
}
