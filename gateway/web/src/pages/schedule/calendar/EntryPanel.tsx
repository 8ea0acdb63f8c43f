import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Descriptions, Drawer, Flex, Popconfirm, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { NamedTag } from '../../../design/Named';
import { Loaded } from '../../../design/States';
import { addressOf } from '../../../shell/resources';
import { LogContactButton } from '../../contacts/LogContact';
import { dayOf } from '../days';
import { usePersonName } from '../people';
import type { Edited } from './AppointmentDrawer';
import type { Appointment } from './AppointmentForm';
import { contactStateOf, type Entry, kindOf, WITH_CUSTOMER } from './entries';
import { idOf, type SeriesPart, settled, useEntryWords } from './moves';
import { useRecurrenceWords } from './useRecurrenceWords';
import { useSeriesPart } from './useSeriesPart';
import { useTimeWords } from './useTimeWords';

interface Props {
  resource: string;
  /** The entry as the calendar shows it; nothing where it was opened by its address alone. */
  entry: Entry | undefined;
  onEdit: (edited: Edited) => void;
  onClose: () => void;
}

/** What stands in the calendar, beside it: an appointment in full, a contact or an absence in short. */
export function EntryPanel({ resource, entry, onEdit, onClose }: Props) {
  const { t } = useTranslation('schedule');
  const words = useEntryWords();
  const appointment = resource.startsWith('appointments/');
  return (
    <Drawer open size={440} onClose={onClose} title={entry ? words(entry) : t('calendar.appointment')}>
      {appointment ? (
        <AppointmentOf appointmentId={idOf(resource)} entry={entry} onEdit={onEdit} onClose={onClose} />
      ) : (
        entry && <Other entry={entry} />
      )}
    </Drawer>
  );
}

function AppointmentOf({
  appointmentId,
  entry,
  onEdit,
  onClose,
}: Pick<Props, 'entry' | 'onEdit' | 'onClose'> & { appointmentId: string }) {
  const { may } = useAccess();
  const query = api.useQuery('get', '/v1/appointments/{appointmentId}', { params: { path: { appointmentId } } });
  return (
    <Loaded query={query}>
      {(appointment) => (
        <Flex vertical gap={16}>
          <Details appointment={appointment} entry={entry} />
          {may('activity.schedule.update') && appointment.state === 'APPOINTMENT_STATE_PLANNED' && (
            <Acts appointment={appointment} entry={entry} onEdit={onEdit} onClose={onClose} />
          )}
        </Flex>
      )}
    </Loaded>
  );
}

function Details({ appointment, entry }: { appointment: Appointment; entry: Entry | undefined }) {
  const { t } = useTranslation('schedule');
  const times = useTimeWords();
  const recurs = useRecurrenceWords();
  const nameOf = usePersonName();
  const { kind, state, recurrence, participantPersonIds, place, description, reminderMinutes, ownerPersonId } = appointment;
  const firstDay = appointment.startDate || dayOf(appointment.startTime);
  const items = [
    { key: 'when', label: t('form.when'), children: times(entry ?? appointment) },
    { key: 'repeats', label: t('form.repeats'), children: recurs(recurrence, firstDay) },
    {
      key: 'customer',
      label: t('form.customer'),
      children: appointment.customerDisplayName && (
        <Link to={`/customers/${appointment.customerId}`}>{appointment.customerDisplayName}</Link>
      ),
    },
    { key: 'place', label: t('form.place'), children: place },
    { key: 'owner', label: t('form.owner'), children: nameOf(ownerPersonId) },
    {
      key: 'participants',
      label: t('form.participants'),
      children: participantPersonIds.map(nameOf).filter(Boolean).join(t('form.comma')),
    },
    {
      key: 'reminder',
      label: t('form.reminder'),
      children:
        reminderMinutes === undefined
          ? ''
          : t(`reminder.${reminderMinutes}`, { defaultValue: t('reminder.other', { count: reminderMinutes }) }),
    },
    { key: 'description', label: t('form.description'), children: description && <span className="schedule-written">{description}</span> },
  ].filter(({ children }) => children);
  return (
    <>
      <Flex gap={4} wrap>
        <NamedTag value={kind} tone="processing" />
        {state === 'APPOINTMENT_STATE_CANCELLED' && <NamedTag value={state} tone="error" />}
        {appointment.private && <Tag>{t('form.private')}</Tag>}
        {appointment.free && <Tag>{t('form.free')}</Tag>}
        {appointment.seriesId && <Tag>{t('calendar.apart')}</Tag>}
      </Flex>
      {appointment.title && <Typography.Text strong>{appointment.title}</Typography.Text>}
      <Descriptions column={1} size="small" items={items} />
    </>
  );
}

function Acts({
  appointment,
  entry,
  onEdit,
  onClose,
}: Pick<Props, 'entry' | 'onEdit' | 'onClose'> & { appointment: Appointment }) {
  const { t } = useTranslation('schedule');
  const { message } = App.useApp();
  const askPart = useSeriesPart();
  const words = useRefusalWords();
  const series = appointment.recurrence.length > 0;
  const occurrence = series && entry?.originalStartTime ? entry : undefined;
  const cancelling = useMutation({
    mutationFn: (part: SeriesPart) =>
      client.POST('/v1/appointments/{appointmentId}:cancel', {
        params: { path: { appointmentId: appointment.appointmentId }, header: { 'If-Match': `"${appointment.etag}"` } },
        body: {
          part,
          ...(part !== 'SERIES_PART_ALL' && occurrence?.originalStartTime
            ? { originalStartTime: occurrence.originalStartTime }
            : {}),
        },
      }),
    onSuccess: () => {
      void message.success(t('calendar.cancelled'));
      void settled();
      onClose();
    },
  });
  const edit = async () => {
    const part = occurrence ? await askPart(t('series.edit')) : 'SERIES_PART_ALL';
    if (part) onEdit({ appointment, part, occurrence: part === 'SERIES_PART_ALL' ? undefined : occurrence });
  };
  const cancelOfSeries = async () => {
    const part = await askPart(t('series.cancel'));
    if (part) cancelling.mutate(part);
  };
  const customer = { customerId: appointment.customerId, displayName: appointment.customerDisplayName };
  return (
    <>
      {cancelling.error && <Alert type="error" showIcon title={words(cancelling.error)} />}
      <Flex gap={8} wrap>
        <Button type="primary" onClick={() => void edit()}>
          {t('calendar.edit')}
        </Button>
        {customer.displayName && WITH_CUSTOMER.includes(appointment.kind) && (
          <LogContactButton type="default" customer={customer} />
        )}
        {occurrence ? (
          <Button danger loading={cancelling.isPending} onClick={() => void cancelOfSeries()}>
            {t('calendar.cancel')}
          </Button>
        ) : (
          <Popconfirm title={t('calendar.cancelSure')} onConfirm={() => cancelling.mutate('SERIES_PART_ALL')}>
            <Button danger loading={cancelling.isPending}>
              {t('calendar.cancel')}
            </Button>
          </Popconfirm>
        )}
      </Flex>
    </>
  );
}

/** A contact or an absence: what the calendar knows, and the way to it. */
function Other({ entry }: { entry: Entry }) {
  const { t } = useTranslation('schedule');
  const times = useTimeWords();
  const state = contactStateOf(entry);
  const address = addressOf(entry.resource);
  const items = [
    { key: 'when', label: t('form.when'), children: times(entry) },
    {
      key: 'customer',
      label: t('form.customer'),
      children: entry.customerDisplayName && <Link to={`/customers/${entry.customerId}`}>{entry.customerDisplayName}</Link>,
    },
    { key: 'title', label: t('form.title'), children: entry.title },
    { key: 'place', label: t('form.place'), children: entry.place },
    { key: 'owner', label: t('form.owner'), children: entry.personDisplayName },
  ].filter(({ children }) => children);
  const completes = { contactId: idOf(entry.resource), ...(entry.startTime ? { startTime: entry.startTime } : {}) };
  const customer = { customerId: entry.customerId, displayName: entry.customerDisplayName };
  return (
    <Flex vertical gap={16}>
      <Flex gap={4} wrap>
        <NamedTag value={kindOf(entry)} tone="processing" />
        <NamedTag value={state} tone={state === 'CONTACT_STATE_DONE' ? 'success' : 'default'} />
      </Flex>
      <Descriptions column={1} size="small" items={items} />
      <Flex gap={8} wrap>
        {state === 'CONTACT_STATE_PLANNED' && customer.displayName && (
          <LogContactButton customer={customer} completes={completes}>
            {t('contacts.complete')}
          </LogContactButton>
        )}
        {address && state && (
          <Link to={address}>
            <Button>{t('calendar.openContact')}</Button>
          </Link>
        )}
      </Flex>
    </Flex>
  );
}
