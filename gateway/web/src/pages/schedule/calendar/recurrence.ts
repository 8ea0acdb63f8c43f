// How a series recurs, between the rule of RFC 5545 and the fields of the form.
import dayjs from 'dayjs';

export type Frequency = 'NONE' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
export type MonthlyBy = 'day' | 'weekday';
export type Ends = 'never' | 'until' | 'count';

export interface Repetition {
  frequency: Frequency;
  interval: number;
  /** Of a weekly one: `MO` … `SU`. */
  weekdays: string[];
  monthlyBy: MonthlyBy;
  ends: Ends;
  /** The last day, where it ends by one. */
  until?: string | undefined;
  count?: number | undefined;
}

/** From Monday on, as weeks begin here. */
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export const WORKDAYS = WEEKDAYS.slice(0, 5);
const LAST_WEEK = 5;

export const ONCE: Repetition = { frequency: 'NONE', interval: 1, weekdays: [], monthlyBy: 'day', ends: 'never' };

export function weekdayOf(day: string): string {
  return WEEKDAYS[(dayjs(day).day() + 6) % 7] ?? 'MO';
}

/** Which one of its weekday in its month the day is; the fifth counts as the last. */
export function weekOfMonth(day: string): number {
  const week = Math.ceil(dayjs(day).date() / 7);
  return week >= LAST_WEEK ? -1 : week;
}

/** The rule that the form says, for an appointment that first takes place on the day; none where it does not recur. */
export function ruleOf(repetition: Repetition, day: string): string[] {
  const { frequency, interval, weekdays, monthlyBy, ends, until, count } = repetition;
  if (frequency === 'NONE') return [];
  const parts = [`FREQ=${frequency}`];
  if (interval > 1) parts.push(`INTERVAL=${interval}`);
  if (frequency === 'WEEKLY') parts.push(`BYDAY=${(weekdays.length ? weekdays : [weekdayOf(day)]).join(',')}`);
  if (frequency === 'MONTHLY' && monthlyBy === 'weekday') parts.push(`BYDAY=${weekOfMonth(day)}${weekdayOf(day)}`);
  if (ends === 'count' && count) parts.push(`COUNT=${count}`);
  // The end of the day by the clock, whatever the zone.
  if (ends === 'until' && until)
    parts.push(
      `UNTIL=${dayjs(until)
        .endOf('day')
        .toISOString()
        .replace(/[-:]|\.\d+/g, '')}`,
    );
  return [`RRULE:${parts.join(';')}`];
}

/** What the form shows of a rule; undefined where the form cannot say what the rule says, such as one that was imported. */
export function repetitionOf(recurrence: readonly string[]): Repetition | undefined {
  const rule = recurrence.find((line) => line.startsWith('RRULE:'));
  if (!rule) return recurrence.length ? undefined : ONCE;
  const parts = new Map(
    rule
      .slice('RRULE:'.length)
      .split(';')
      .map((part) => part.split('=') as [string, string]),
  );
  const frequency = parts.get('FREQ') as Frequency;
  const byDay = parts.get('BYDAY')?.split(',') ?? [];
  const known = ['FREQ', 'INTERVAL', 'BYDAY', 'COUNT', 'UNTIL', 'WKST'];
  if ([...parts.keys()].some((key) => !known.includes(key))) return undefined;
  const nth = byDay.some((day) => day.length > 2);
  if (byDay.length && !(frequency === 'WEEKLY' && !nth) && !(frequency === 'MONTHLY' && nth && byDay.length === 1))
    return undefined;
  const until = parts.get('UNTIL');
  const count = parts.get('COUNT');
  return {
    frequency,
    interval: Number(parts.get('INTERVAL') ?? 1),
    weekdays: nth ? [] : byDay,
    monthlyBy: nth ? 'weekday' : 'day',
    ends: until ? 'until' : count ? 'count' : 'never',
    until: until ? dayOfUntil(until) : undefined,
    count: count ? Number(count) : undefined,
  };
}

function dayOfUntil(until: string): string {
  const [, year, month, day, time] = /^(\d{4})(\d{2})(\d{2})(T\d{6}Z)?$/.exec(until) ?? [];
  const date = `${year}-${month}-${day}`;
  return time ? dayjs(`${date}T${time.slice(1, 3)}:${time.slice(3, 5)}:${time.slice(5, 7)}Z`).format('YYYY-MM-DD') : date;
}

/** The rule of a series whose occurrences go from one weekday to another: what names the first names the other. */
export function movedRule(recurrence: readonly string[], from: string, to: string): string[] | undefined {
  const [old, now] = [weekdayOf(from), weekdayOf(to)];
  const repetition = repetitionOf(recurrence);
  if (!repetition || old === now || !recurrence.some((line) => line.includes('BYDAY='))) return undefined;
  if (repetition.frequency === 'MONTHLY') return ruleOf(repetition, to);
  const weekdays = WEEKDAYS.filter((day) => day === now || (day !== old && repetition.weekdays.includes(day)));
  return ruleOf({ ...repetition, weekdays }, to);
}
