// Which days a view of the calendar shows.
import dayjs from 'dayjs';
import { DAY, mondayOf } from '../days';

export type View = 'day' | 'week' | 'month' | 'agenda';
export const VIEWS: View[] = ['week', 'day', 'month', 'agenda'];

export const AGENDA_DAYS = 14;

export interface Range {
  /** The first day. */
  start: string;
  /** The day after the last one. */
  end: string;
}

export function rangeOf(view: View, date: string): Range {
  const later = (day: string, days: number) => dayjs(day).add(days, 'day').format(DAY);
  if (view === 'day') return { start: date, end: later(date, 1) };
  if (view === 'week') return { start: mondayOf(date), end: later(mondayOf(date), 7) };
  if (view === 'agenda') return { start: date, end: later(date, AGENDA_DAYS) };
  const last = dayjs(date).endOf('month').format(DAY);
  return { start: mondayOf(dayjs(date).startOf('month').format(DAY)), end: later(mondayOf(last), 7) };
}

/** The day that the view shows one step on, or back. */
export function stepped(view: View, date: string, steps: 1 | -1): string {
  if (view === 'month') return dayjs(date).startOf('month').add(steps, 'month').format(DAY);
  const days = { day: 1, week: 7, agenda: AGENDA_DAYS }[view];
  return dayjs(date)
    .add(days * steps, 'day')
    .format(DAY);
}

/** The Mondays of a range's weeks. */
export function weeksOf({ start, end }: Range): string[] {
  const weeks: string[] = [];
  for (let day = mondayOf(start); day < end; day = dayjs(day).add(7, 'day').format(DAY)) weeks.push(day);
  return weeks;
}

/** The days of a range. */
export function daysOf({ start, end }: Range): string[] {
  const days: string[] = [];
  for (let day = start; day < end; day = dayjs(day).add(1, 'day').format(DAY)) days.push(day);
  return days;
}
