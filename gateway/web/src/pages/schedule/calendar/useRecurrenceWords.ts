import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { repetitionOf, WEEKDAYS, WORKDAYS, weekdayOf, weekOfMonth } from './recurrence';

/** Says how a series recurs, such as 每两周的周一、周三，到 12月31日; empty for what takes place once. */
export function useRecurrenceWords(): (recurrence: readonly string[], firstDay: string) => string {
  const { t, i18n } = useTranslation('schedule');
  const formats = useFormats();
  return useCallback(
    (recurrence, firstDay) => {
      const repetition = repetitionOf(recurrence);
      if (!repetition) return t('recurs.specially');
      const { frequency, interval, weekdays, monthlyBy, ends, until, count } = repetition;
      if (frequency === 'NONE') return '';
      const list = new Intl.ListFormat(i18n.language === 'zh' ? 'zh-CN' : 'en-GB', { type: 'unit', style: 'short' });
      const named = WEEKDAYS.filter((day) => (weekdays.length ? weekdays : [weekdayOf(firstDay)]).includes(day));
      const workdays = frequency === 'WEEKLY' && named.join() === WORKDAYS.join() && interval === 1;
      const days = list.format(named.map((day) => t(`weekday.${day}`)));
      const key = frequency === 'MONTHLY' ? (monthlyBy === 'day' ? 'DAY' : 'WEEKDAY') : frequency;
      const every = workdays
        ? t('recurs.workdays')
        : t(interval === 1 ? `recurs.each.${key}` : `recurs.every.${key}`, {
            count: interval,
            days,
            day: Number(firstDay.slice(8)),
            week: t(`week.${weekOfMonth(firstDay)}`),
            weekday: t(`weekday.${weekdayOf(firstDay)}`),
            date: formats.date(firstDay),
          });
      const end = ends === 'until' ? t('recurs.until', { date: formats.date(until) }) : t('recurs.times', { count: count ?? 0 });
      return ends === 'never' ? every : t('recurs.ending', { every, end });
    },
    [t, i18n.language, formats],
  );
}
