import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { dayOf } from '../days';

interface Timed {
  startTime?: string;
  endTime?: string;
  /** Of whole days. */
  startDate: string;
  endDate: string;
}

/** Says when something is: 11月26日周四 09:00–10:00. */
export function useTimeWords(): (timed: Timed) => string {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  return useCallback(
    ({ startTime, endTime, startDate, endDate }) => {
      if (startDate) {
        const days =
          startDate === endDate ? formats.dateLong(startDate) : `${formats.dateLong(startDate)} – ${formats.dateLong(endDate)}`;
        return t('calendar.wholeDays', { days });
      }
      const [first, last] = [dayOf(startTime), dayOf(endTime)];
      const end = first === last ? formats.time(endTime) : `${formats.dateLong(last)} ${formats.time(endTime)}`;
      return `${formats.dateLong(first)} ${formats.time(startTime)} – ${end}`;
    },
    [t, formats],
  );
}
