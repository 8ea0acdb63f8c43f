import { Tooltip } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { titleOf } from './EntryList';
import type { Entry } from './teamDay';

/** The hours that are drawn; what lies before or after is drawn at the edge. */
const FROM_HOUR = 8;
const TO_HOUR = 20;
const MARKS = [8, 10, 12, 14, 16, 18];
/** Narrower than that nothing can be hit. */
const PERCENT_MIN = 2.5;

function percentOf(hour: number): number {
  return (Math.min(Math.max(hour, FROM_HOUR), TO_HOUR) - FROM_HOUR) * (100 / (TO_HOUR - FROM_HOUR));
}

export function DayScale() {
  return (
    <div className="unit-day-scale" aria-hidden>
      {MARKS.map((hour) => (
        <span key={hour} style={{ left: `${percentOf(hour)}%` }}>
          {hour}:00
        </span>
      ))}
    </div>
  );
}

export function DayLine({ entries, date, name }: { entries: Entry[]; date: string; name: string }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  return (
    <ul className="unit-day-line" aria-label={t('day.of', { name })}>
      {entries.map((entry) => {
        const [from, to] = placeOf(entry, date);
        const title = titleOf(entry, t('day.busy'));
        const time = entry.allDay ? t('day.allDay') : `${formats.time(entry.startTime)}–${formats.time(entry.endTime)}`;
        return (
          <Tooltip key={`${entry.resource} ${entry.startTime}`} title={`${time} ${title}`}>
            <li className={classOf(entry)} style={{ left: `${from}%`, width: `${Math.max(to - from, PERCENT_MIN)}%` }}>
              {title}
            </li>
          </Tooltip>
        );
      })}
    </ul>
  );
}

function placeOf(entry: Entry, date: string): [number, number] {
  if (entry.allDay) return [0, 100];
  const midnight = dayjs(date).startOf('day');
  const from = percentOf(dayjs(entry.startTime).diff(midnight, 'hour', true));
  return [Math.min(from, 100 - PERCENT_MIN), percentOf(dayjs(entry.endTime).diff(midnight, 'hour', true))];
}

function classOf(entry: Entry): string {
  if (entry.kind === 'CALENDAR_ENTRY_KIND_ABSENCE') return 'unit-day-entry unit-day-entry-away';
  if (entry.kind === 'CALENDAR_ENTRY_KIND_CONTACT') return 'unit-day-entry unit-day-entry-contact';
  return 'unit-day-entry';
}
