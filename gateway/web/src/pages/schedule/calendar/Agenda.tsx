import { Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { EmptyState } from '../../../design/States';
import { dayOf, today } from '../days';
import { type Entry, entryKey, type Proposal, proposalKey, type Tone, toneOf } from './entries';
import { useEntryWords } from './moves';
import { daysOf, type Range } from './range';
import type { CalendarDay } from './useCalendar';

interface Props {
  range: Range;
  entries: Entry[];
  proposals: Proposal[];
  days: Map<string, CalendarDay>;
  conflicting: Set<string>;
  ofMany: boolean;
  onOpenEntry: (entry: Entry) => void;
  onOpenProposal: (proposal: Proposal) => void;
}

/** Day after day what there is to do: for phones, and for whoever listens to the page. */
export function Agenda(props: Props) {
  const { t } = useTranslation('schedule');
  const shown = daysOf(props.range).filter((day) => day === today() || props.days.get(day)?.name || onDay(props, day) > 0);
  if (!props.entries.length && !props.proposals.length) return <EmptyState words={t('calendar.nothing')} />;
  return (
    <>
      {shown.map((day) => (
        <AgendaDay key={day} day={day} {...props} />
      ))}
    </>
  );
}

const entriesOn = (entries: Entry[], day: string) =>
  entries.filter((entry) => (entry.allDay ? entry.startDate <= day && entry.endDate >= day : dayOf(entry.startTime) === day));

const onDay = ({ entries, proposals }: Props, day: string) =>
  entriesOn(entries, day).length + proposals.filter((proposal) => proposal.plannedDate === day).length;

function AgendaDay({ day, ...props }: Props & { day: string }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const words = useEntryWords();
  const special = props.days.get(day);
  const entries = entriesOn(props.entries, day);
  const proposals = props.proposals.filter((proposal) => proposal.plannedDate === day);
  return (
    <section className="agenda-day" aria-label={formats.dateLong(day)}>
      <Typography.Title level={2} className="agenda-date">
        {formats.dateLong(day)}
        {day === today() && <Tag color="processing">{t('calendar.today')}</Tag>}
        {special?.name && <Tag>{special.working ? t('calendar.workday', { name: special.name }) : special.name}</Tag>}
      </Typography.Title>
      {entries.length + proposals.length === 0 && <Typography.Text type="secondary">{t('calendar.freeDay')}</Typography.Text>}
      <ul className="agenda-list">
        {entries.map((entry) => (
          <AgendaItem
            key={entryKey(entry)}
            tone={toneOf(entry)}
            time={entry.allDay ? t('calendar.allDay') : formats.time(entry.startTime)}
            until={entry.allDay ? '' : formats.time(entry.endTime)}
            title={props.ofMany ? `${entry.personDisplayName} · ${words(entry)}` : words(entry)}
            place={entry.place}
            conflicts={props.conflicting.has(entryKey(entry))}
            onOpen={() => props.onOpenEntry(entry)}
          />
        ))}
        {proposals.map((proposal) => (
          <AgendaItem
            key={proposalKey(proposal)}
            tone="proposal"
            time={t('calendar.unset')}
            until=""
            title={t('calendar.proposed', { customer: proposal.customerName })}
            place={proposal.place}
            conflicts={false}
            onOpen={() => props.onOpenProposal(proposal)}
          />
        ))}
      </ul>
    </section>
  );
}

interface Item {
  tone: Tone;
  time: string;
  until: string;
  title: string;
  place: string;
  conflicts: boolean;
  onOpen: () => void;
}

function AgendaItem({ tone, time, until, title, place, conflicts, onOpen }: Item) {
  const { t } = useTranslation('schedule');
  return (
    <li>
      <button type="button" className={`agenda-item entry entry-${tone}`} onClick={onOpen}>
        <span className="agenda-time">
          {time}
          {until && <span className="agenda-until">{until}</span>}
        </span>
        <span className="agenda-words">
          <span>{title}</span>
          {(place || conflicts) && (
            <span className="agenda-place">
              {conflicts && <Tag color="warning">{t('calendar.conflict')}</Tag>}
              {place}
            </span>
          )}
        </span>
      </button>
    </li>
  );
}
