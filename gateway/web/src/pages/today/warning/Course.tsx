import type { Schema } from '@rm-workbench/client';
import { Timeline, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { Panel } from '../Panel';

type Warning = Schema<'analytics.v1.Warning'>;

interface Step {
  /** By it the steps are put in order: an instant, or a day. */
  at: string;
  words: ReactNode;
  note?: ReactNode;
  color?: string;
}

/** What happened since the first sign: the warning's own steps and every contact with the customer, the latest first. */
export function Course({ warning }: { warning: Warning }) {
  const { t } = useTranslation('today');
  const { may } = useAccess();
  const since = warning.onsetDate || warning.raiseDate;
  const contacts = api.useQuery(
    'get',
    '/v1/contacts',
    { params: { query: { customerId: warning.customerId, startDate: since, pageSize: 50 } } },
    { enabled: may('activity.contact.read') },
  );
  const done = (contacts.data?.contacts ?? []).filter(({ state }) => state === 'CONTACT_STATE_DONE');
  const own = useOwnSteps(warning);
  const met = useContactSteps(contacts.data?.contacts ?? []);
  const steps = [...own, ...met].sort((one, other) => other.at.localeCompare(one.at));
  return (
    <Panel place={3} title={t('warning.course')} note={contacts.data ? t('warning.contacts', { count: done.length }) : undefined}>
      <Timeline
        className="day-course"
        items={steps.map(({ at, words, note, color }) => ({
          key: `${at}${color}`,
          color: color ?? 'gray',
          content: (
            <div className="day-course-step">
              <div>{words}</div>
              {note && <Typography.Text type="secondary">{note}</Typography.Text>}
            </div>
          ),
        }))}
      />
    </Panel>
  );
}

function useOwnSteps(warning: Warning): Step[] {
  const { t } = useTranslation('today');
  const formats = useFormats();
  const named = useNamed();
  const steps: Step[] = [];
  if (warning.onsetDate) {
    steps.push({ at: warning.onsetDate, words: t('warning.onset'), note: formats.date(warning.onsetDate), color: 'orange' });
  }
  steps.push({ at: `${warning.raiseDate}T`, words: t('warning.raised'), note: formats.date(warning.raiseDate), color: 'red' });
  if (warning.acceptTime) {
    const note = [warning.assigneeName, formats.instant(warning.acceptTime)].filter(Boolean).join(' · ');
    steps.push({ at: warning.acceptTime, words: t('warning.accepted'), note, color: 'blue' });
  }
  if (warning.state === 'WARNING_STATE_POSTPONED') {
    const note = t('warning.postponeTimes', { count: warning.postponeCount });
    const words = t('warning.rests', { date: formats.date(warning.postponeDate) });
    steps.push({ at: warning.updateTime ?? '', words, note, color: 'gray' });
  }
  if (warning.closeTime) {
    const words = t('warning.closed', { outcome: named(warning.outcome) });
    const note = [formats.instant(warning.closeTime), warning.outcomeNote].filter(Boolean).join(' · ');
    steps.push({ at: warning.closeTime, words, note, color: 'green' });
  }
  const measured = named(warning.measuredOutcome);
  if (measured) {
    const words = t('warning.measured', { outcome: measured });
    steps.push({ at: `${warning.horizonDate}T`, words, note: formats.date(warning.horizonDate), color: 'green' });
  }
  return steps;
}

function useContactSteps(contacts: Schema<'activity.v1.Contact'>[]): Step[] {
  const formats = useFormats();
  const named = useNamed();
  return contacts.map((contact) => ({
    at: contact.startTime ?? contact.businessDate,
    words: (
      <Link to={`/work/contacts/${contact.contactId}`}>{[named(contact.kind), contact.subject].filter(Boolean).join(' · ')}</Link>
    ),
    note: [
      formats.instant(contact.startTime),
      contact.ownerName,
      contact.state === 'CONTACT_STATE_DONE' ? named(contact.outcome) : named(contact.state),
    ]
      .filter(Boolean)
      .join(' · '),
    color: contact.state === 'CONTACT_STATE_DONE' ? 'blue' : 'gray',
  }));
}
