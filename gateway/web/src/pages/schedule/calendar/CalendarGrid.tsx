// Days as columns of hours, and months as weeks of days: what is dragged there is moved.
import FullCalendar, {
  type CalendarRef,
  type DateSelectInfo,
  type EventApi,
  type EventChangeInfo,
  type EventDisplayInfo,
  type EventInput,
} from '@fullcalendar/react';
import dayGrid from '@fullcalendar/react/daygrid';
import interaction from '@fullcalendar/react/interaction';
import chinese from '@fullcalendar/react/locales/zh-cn';
import classic from '@fullcalendar/react/themes/classic';
import timeGrid from '@fullcalendar/react/timegrid';
import '@fullcalendar/react/skeleton.css';
import '@fullcalendar/react/themes/classic/theme.css';
import dayjs from 'dayjs';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { DAY } from '../days';
import { type Entry, entryKey, type Proposal, proposalKey, toneOf } from './entries';
import { type Moved, useEntryWords } from './moves';
import type { View } from './range';
import type { CalendarDay } from './useCalendar';

const VIEW_NAMES: Record<Exclude<View, 'agenda'>, string> = { day: 'timeGridDay', week: 'timeGridWeek', month: 'dayGridMonth' };
const FIRST_HOUR = '07:00:00';
const LAST_HOUR = '21:00:00';
const SHORT_EVENT_PIXELS = 34;
/** What is so short has room for one line. */
const ONE_LINE_MINUTES = 30;
/** A call of six minutes is still read. */
const EVENT_PIXELS_MIN = 22;

interface Props {
  view: Exclude<View, 'agenda'>;
  date: string;
  entries: Entry[];
  proposals: Proposal[];
  days: Map<string, CalendarDay>;
  /** Entries that are at the same time as another one, by their keys. */
  conflicting: Set<string>;
  /** Whether the names of their owners stand with them. */
  ofMany: boolean;
  movable: (entry: Entry) => boolean;
  onOpenEntry: (entry: Entry) => void;
  onOpenProposal: (proposal: Proposal) => void;
  /** Somebody chose a time to put something there. */
  onChoose?: ((start: string, end: string, allDay: boolean) => void) | undefined;
  onMove: (entry: Entry, moved: Moved) => void;
  onMoveProposal: (proposal: Proposal, moved: Moved) => void;
}

export default function CalendarGrid(props: Props) {
  const { view, date, days, onChoose } = props;
  const { t, i18n } = useTranslation('schedule');
  const calendar = useRef<CalendarRef>(null);
  const events = useEvents(props);
  useEffect(() => {
    // Not while React draws: the calendar draws itself anew.
    queueMicrotask(() => calendar.current?.getApi().changeView(VIEW_NAMES[view], date));
  }, [view, date]);
  const changed = ({ event, revert }: EventChangeInfo) => {
    // Where it goes, the answer of the gateway says.
    const moved = movedTo(event);
    const { entry, proposal } = event.extendedProps as { entry?: Entry; proposal?: Proposal };
    revert();
    if (entry) props.onMove(entry, moved);
    if (proposal) props.onMoveProposal(proposal, moved);
  };
  return (
    <section className={`calendar calendar-${view}`} aria-label={t('calendar.title')}>
      <FullCalendar
        ref={calendar}
        plugins={[dayGrid, timeGrid, interaction, classic]}
        initialView={VIEW_NAMES[view]}
        initialDate={date}
        locale={i18n.language === 'zh' ? chinese : 'en-gb'}
        firstDay={1}
        headerToolbar={false}
        height="auto"
        expandRows
        nowIndicator
        slotMinTime={FIRST_HOUR}
        slotMaxTime={LAST_HOUR}
        slotDuration="00:30:00"
        snapDuration="00:15:00"
        slotHeaderFormat={{ hour: '2-digit', minute: '2-digit', hour12: false }}
        eventTimeFormat={{ hour: '2-digit', minute: '2-digit', hour12: false }}
        dayHeaderFormat={view === 'month' ? { weekday: 'short' } : { weekday: 'short', day: 'numeric' }}
        // Chinese sets no space before the day of the week; eyes want one.
        dayHeaderContent={({ text }) => text.replace('日周', '日 周')}
        allDayText={t('calendar.allDay')}
        moreLinkText={(count) => t('calendar.more', { count })}
        dayMaxEvents={view === 'month' ? 4 : false}
        eventDisplay="block"
        eventMinHeight={EVENT_PIXELS_MIN}
        eventShortHeight={SHORT_EVENT_PIXELS}
        eventMaxStack={4}
        events={events}
        editable
        selectable={Boolean(onChoose)}
        selectMirror
        select={(chosen) => choose(chosen, onChoose)}
        eventDrop={changed}
        eventResize={changed}
        eventClick={({ event, jsEvent }) => {
          jsEvent.preventDefault();
          const { entry, proposal } = event.extendedProps as { entry?: Entry; proposal?: Proposal };
          if (entry) props.onOpenEntry(entry);
          if (proposal) props.onOpenProposal(proposal);
        }}
        eventContent={(info) => <EventWords info={info} month={view === 'month'} />}
        dayHeaderClass={(info) => (isRest(days, info.date) ? 'rest-day' : '')}
        dayLaneClass={(info) => (isRest(days, info.date) ? 'rest-day' : '')}
        dayCellClass={(info) => (isRest(days, info.date) ? 'rest-day' : '')}
      />
    </section>
  );
}

const isRest = (days: Map<string, CalendarDay>, date: Date) => days.get(dayjs(date).format(DAY))?.working === false;

function choose({ start, end, allDay }: DateSelectInfo, onChoose: Props['onChoose']) {
  const format = allDay ? DAY : 'YYYY-MM-DDTHH:mm';
  // The last day of whole days is meant with them.
  const last = allDay ? dayjs(end).subtract(1, 'day') : dayjs(end);
  onChoose?.(dayjs(start).format(format), last.format(format), allDay);
}

function movedTo(event: EventApi): Moved {
  const start = dayjs(event.start);
  const end = event.end ? dayjs(event.end) : undefined;
  return { allDay: event.allDay, start, end };
}

function EventWords({ info, month }: { info: EventDisplayInfo; month: boolean }) {
  const { conflicts } = info.event.extendedProps as { conflicts?: boolean };
  const { t } = useTranslation('schedule');
  const { start, end } = info.event;
  const minutes = start && end ? dayjs(end).diff(start, 'minute') : 0;
  const oneLine = month || info.event.allDay || minutes <= ONE_LINE_MINUTES;
  return (
    <span className={oneLine ? 'event-words event-line' : 'event-words'} title={`${info.timeText} ${info.event.title}`.trim()}>
      {info.timeText && <span className="event-time">{info.timeText}</span>}
      {conflicts && (
        <span className="event-conflict" role="img" aria-label={t('calendar.conflict')} title={t('calendar.conflict')}>
          !
        </span>
      )}
      <span className="event-title">{info.event.title}</span>
    </span>
  );
}

function useEvents({ entries, proposals, days, conflicting, ofMany, movable }: Props): EventInput[] {
  const { t } = useTranslation('schedule');
  const words = useEntryWords();
  return useMemo(() => {
    const holidays = [...days.values()].filter((day) => day.name);
    return [
      ...entries.map((entry): EventInput => {
        const title = ofMany ? `${entry.personDisplayName} · ${words(entry)}` : words(entry);
        return {
          id: entryKey(entry),
          title,
          ...timesOf(entry),
          editable: movable(entry),
          className: `entry entry-${toneOf(entry)}`,
          extendedProps: { entry, conflicts: conflicting.has(entryKey(entry)) },
        };
      }),
      ...proposals.map(
        (proposal): EventInput => ({
          id: proposalKey(proposal),
          title: t('calendar.proposed', { customer: proposal.customerName }),
          start: proposal.plannedDate,
          allDay: true,
          durationEditable: false,
          className: 'entry entry-proposal',
          extendedProps: { proposal },
        }),
      ),
      ...holidays.map(
        (day): EventInput => ({
          id: `day/${day.dayDate}`,
          title: day.working ? t('calendar.workday', { name: day.name }) : day.name,
          start: day.dayDate,
          allDay: true,
          editable: false,
          className: 'entry entry-holiday',
        }),
      ),
    ];
  }, [entries, proposals, days, conflicting, ofMany, movable, t, words]);
}

function timesOf(entry: Entry): Pick<EventInput, 'start' | 'end' | 'allDay'> {
  if (!entry.allDay) return { start: entry.startTime ?? '', end: entry.endTime ?? '', allDay: false };
  return { start: entry.startDate, end: dayjs(entry.endDate).add(1, 'day').format(DAY), allDay: true };
}
