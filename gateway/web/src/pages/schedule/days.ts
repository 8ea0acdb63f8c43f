// Days and times as forms hold them: texts, which a kept draft gives back as they were.
import dayjs, { type Dayjs } from 'dayjs';

export const DAY = 'YYYY-MM-DD';
const MINUTE = 'YYYY-MM-DDTHH:mm';

export const today = (): string => dayjs().format(DAY);
export const dayOf = (instant: string | undefined): string => (instant ? dayjs(instant).format(DAY) : '');
export const minuteOf = (instant: string | undefined): string => (instant ? dayjs(instant).format(MINUTE) : '');
/** The instant of a local minute, as the gateway takes it. */
export const instantOf = (minute: string): string => dayjs(minute).toISOString();
export const mondayOf = (day: string): string => {
  const date = dayjs(day);
  return date.subtract((date.day() + 6) % 7, 'day').format(DAY);
};

/** Spread on a form's item around a date picker, so that the form holds a text. */
export const heldAs = (format: 'day' | 'minute') => ({
  getValueProps: (value: string | undefined) => ({ value: value ? dayjs(value) : undefined }),
  normalize: (value: Dayjs | null) => (value ? value.format(format === 'day' ? DAY : MINUTE) : undefined),
});
