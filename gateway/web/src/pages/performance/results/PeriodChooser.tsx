import { DatePicker, Flex, Segmented } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useNamed } from '../../../design/Named';
import { PERIODS, type ResultFilters, type Subject } from './filters';
import type { PeriodKind } from './measures';

const PICKERS = {
  PERIOD_KIND_DAY: 'date',
  PERIOD_KIND_MONTH: 'month',
  PERIOD_KIND_QUARTER: 'quarter',
  PERIOD_KIND_YEAR: 'year',
} as const satisfies Record<PeriodKind, string>;

interface Props {
  subject: Subject;
  /** The last day that is shown now. */
  asOfDate: string;
  onChange: (changed: Partial<ResultFilters>) => void;
}

/** Day, month, quarter or year; and which one. */
export function PeriodChooser({ subject, asOfDate, onChange }: Props) {
  const { t } = useTranslation('performance');
  const named = useNamed();
  const day = subject.day || asOfDate;
  return (
    <Flex gap={8} wrap>
      <Segmented<PeriodKind>
        aria-label={t('results.period')}
        value={subject.period}
        options={PERIODS.map((value) => ({ value, label: named(value) }))}
        onChange={(period) => onChange({ period })}
      />
      <DatePicker
        aria-label={t('results.which')}
        picker={PICKERS[subject.period]}
        value={day ? dayjs(day) : null}
        allowClear={subject.day !== ''}
        maxDate={dayjs()}
        onChange={(chosen) => onChange({ day: chosen ? chosen.format('YYYY-MM-DD') : '' })}
      />
    </Flex>
  );
}
