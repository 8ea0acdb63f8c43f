import dayjs from 'dayjs';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { DAY } from '../days';
import { rangeOf, type View } from './range';

/** The days that a view shows, in words. */
export function useRangeWords(): (view: View, date: string) => string {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  return useCallback(
    (view, date) => {
      if (view === 'day') return formats.dateLong(date);
      if (view === 'month') return formats.month(date);
      const { start, end } = rangeOf(view, date);
      return t('calendar.fromTo', { from: formats.date(start), to: formats.date(dayjs(end).subtract(1, 'day').format(DAY)) });
    },
    [t, formats],
  );
}
