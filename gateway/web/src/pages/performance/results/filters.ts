import { useParams } from 'react-router';
import { useFilters } from '../../../design/useFilters';
import { isMeasure, type Measure, type PeriodKind } from './measures';

const PERIODS: readonly PeriodKind[] = ['PERIOD_KIND_DAY', 'PERIOD_KIND_MONTH', 'PERIOD_KIND_QUARTER', 'PERIOD_KIND_YEAR'];
/** In the address: what no product takes, or no customer has. */
export const NONE = '-';

const DEFAULTS = {
  period: 'PERIOD_KIND_MONTH',
  day: '',
  measure: 'FIGURE_MEASURE_CONTRIBUTION',
  by: '',
  product: '',
  customer: '',
  account: '',
};
export type ResultFilters = typeof DEFAULTS;

export interface Subject {
  /** Whose results; empty for one's own. */
  personId: string;
  period: PeriodKind;
  day: string;
  measure: Measure;
}

/** Whose results of which period are shown, and down to what. */
export function useResultFilters() {
  const { personId = '' } = useParams();
  const [filters, change] = useFilters<ResultFilters>(DEFAULTS);
  const period = PERIODS.find((known) => known === filters.period) ?? 'PERIOD_KIND_MONTH';
  const measure: Measure = isMeasure(filters.measure) ? filters.measure : 'FIGURE_MEASURE_CONTRIBUTION';
  const subject: Subject = { personId, period, day: filters.day, measure };
  return { filters, change, subject };
}

/** How the period is named in a call. */
export function periodQuery({ personId, period, day }: Subject) {
  return { period, ...(personId ? { personId } : {}), ...(day ? { dayDate: day } : {}) };
}

export { PERIODS };
