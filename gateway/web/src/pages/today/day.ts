import dayjs from 'dayjs';

/** The reader's day, `YYYY-MM-DD`. */
export function today(): string {
  return dayjs().format('YYYY-MM-DD');
}

export function isToday(instant: string | undefined): boolean {
  return instant !== undefined && dayjs(instant).isSame(dayjs(), 'day');
}

/** The instants between which a day lies. */
export function boundsOf(date: string): { startTime: string; endTime: string } {
  return { startTime: dayjs(date).toISOString(), endTime: dayjs(date).add(1, 'day').toISOString() };
}

export type PartOfDay = 'morning' | 'afternoon' | 'evening';

export function partOfDay(hour: number): PartOfDay {
  if (hour < 12) return 'morning';
  return hour < 18 ? 'afternoon' : 'evening';
}
