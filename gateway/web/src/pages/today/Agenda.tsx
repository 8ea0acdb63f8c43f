import { CheckCircleFilled } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { Button, Flex } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { api } from '../../api/client';
import { useFormats } from '../../design/formats';
import { useNamed } from '../../design/Named';
import { Loaded } from '../../design/States';
import { Text } from '../../design/Text';
import { type ContactKind, LogContactForm } from '../contacts/LogContact';
import { boundsOf, today } from './day';
import { Nothing, Panel } from './Panel';

type Entry = Schema<'activity.v1.CalendarEntry'>;

// A calendar tells kinds and states by their numbers in the contract.
const CONTACT_KINDS: ContactKind[] = [
  'CONTACT_KIND_UNSPECIFIED',
  'CONTACT_KIND_VISIT',
  'CONTACT_KIND_CALL',
  'CONTACT_KIND_MEETING',
  'CONTACT_KIND_MESSAGE',
  'CONTACT_KIND_EMAIL',
  'CONTACT_KIND_LETTER',
  'CONTACT_KIND_EVENT',
];
const APPOINTMENT_KINDS = [
  'APPOINTMENT_KIND_UNSPECIFIED',
  'APPOINTMENT_KIND_MEETING',
  'APPOINTMENT_KIND_CUSTOMER_VISIT',
  'APPOINTMENT_KIND_CUSTOMER_MEETING',
  'APPOINTMENT_KIND_CALL',
  'APPOINTMENT_KIND_TRAINING',
  'APPOINTMENT_KIND_DUTY',
  'APPOINTMENT_KIND_REMINDER',
  'APPOINTMENT_KIND_PERSONAL',
  'APPOINTMENT_KIND_OTHER',
];
const PLANNED = 1;
const DONE = 2;
const GONE = 3;

/** What stands in one's calendar today, in order; a contact that is over can be said to be done at once. */
export function Agenda() {
  const { t } = useTranslation('today');
  const list = api.useQuery('get', '/v1/calendar', { params: { query: { ...boundsOf(today()), pageSize: 200 } } });
  const entries = list.data?.entries.filter(takesPlace);
  return (
    <Panel
      place={1}
      title={t('agenda.title')}
      count={entries?.length}
      extra={<Link to="/work/calendar">{t('agenda.calendar')}</Link>}
    >
      <Loaded query={list} isEmpty={() => !entries?.length} empty={<Nothing words={t('agenda.none')} />}>
        {() => (
          <ol className="day-rows">
            {(entries ?? []).map((entry) => (
              <AgendaRow key={`${entry.resource}${entry.startTime}`} entry={entry} />
            ))}
          </ol>
        )}
      </Loaded>
    </Panel>
  );
}

/** What was cancelled, or to what nobody came, is not of the day any more. */
function takesPlace(entry: Entry): boolean {
  if (entry.kind === 'CALENDAR_ENTRY_KIND_CONTACT') return entry.itemState < GONE;
  return entry.kind !== 'CALENDAR_ENTRY_KIND_APPOINTMENT' || entry.itemState === PLANNED;
}

function AgendaRow({ entry }: { entry: Entry }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  const kind = useKindWords(entry);
  const isContact = entry.kind === 'CALENDAR_ENTRY_KIND_CONTACT';
  const done = isContact && entry.itemState === DONE;
  const title = entry.title || kind || t('agenda.private');
  const address = isContact ? `/work/contacts/${entry.resource.split('/')[1]}` : '/work/calendar';
  return (
    <li className={done ? 'day-row day-row-done' : 'day-row'}>
      <div className="day-row-time">
        {entry.allDay ? (
          t('agenda.allDay')
        ) : (
          <>
            <strong>{formats.time(entry.startTime)}</strong>
            <span>{formats.time(entry.endTime)}</span>
          </>
        )}
      </div>
      <div className="day-row-main">
        <Link to={address} className="day-row-name">
          {title}
        </Link>
        <Flex wrap gap="0 8px">
          {entry.customerId && <Link to={`/customers/${entry.customerId}`}>{entry.customerDisplayName}</Link>}
          <Text type="secondary">{[title === kind ? '' : kind, entry.place].filter(Boolean).join(' · ')}</Text>
        </Flex>
      </div>
      {done && (
        <span className="day-row-state">
          <CheckCircleFilled aria-hidden /> {t('agenda.done')}
        </span>
      )}
      {isContact && entry.itemState === PLANNED && <Outcome entry={entry} />}
    </li>
  );
}

function useKindWords(entry: Entry): string {
  const named = useNamed();
  if (entry.kind === 'CALENDAR_ENTRY_KIND_CONTACT') return named(CONTACT_KINDS[entry.itemKind]);
  if (entry.kind === 'CALENDAR_ENTRY_KIND_APPOINTMENT') return named(APPOINTMENT_KINDS[entry.itemKind]);
  return named(entry.kind);
}

/** Says of a planned contact what came of it. */
function Outcome({ entry }: { entry: Entry }) {
  const { t } = useTranslation('today');
  const { may } = useAccess();
  const [open, setOpen] = useState(false);
  if (!may('activity.contact.record') || !entry.customerId) return null;
  const minutes = Math.round((Date.parse(entry.endTime ?? '') - Date.parse(entry.startTime ?? '')) / 60_000);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('agenda.outcome')}
      </Button>
      {open && (
        <LogContactForm
          customer={{ customerId: entry.customerId, displayName: entry.customerDisplayName }}
          kind={CONTACT_KINDS[entry.itemKind] ?? 'CONTACT_KIND_UNSPECIFIED'}
          completes={{
            contactId: entry.resource.split('/')[1] ?? '',
            ...(entry.startTime ? { startTime: entry.startTime } : {}),
            ...(minutes > 0 ? { minutes } : {}),
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
