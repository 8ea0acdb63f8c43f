import type { Schema } from '@rm-workbench/client';
import type { Money } from '../../../design/formats';

export type Figures = Schema<'performance.v1.Figures'>;
export type FigureLine = Schema<'performance.v1.FigureLine'>;
type Amounts = Schema<'performance.v1.FigureAmounts'>;
export type Period = Exclude<Schema<'performance.v1.PeriodKind'>, 'PERIOD_KIND_UNSPECIFIED'>;
export type Comparison = Schema<'performance.v1.ComparisonKind'>;

/** What can be ranked and drawn, with where it stands among the amounts; the most asked for first. */
const FIELDS = {
  FIGURE_MEASURE_CONTRIBUTION: 'contribution',
  FIGURE_MEASURE_AVERAGE_BALANCE: 'averageBalance',
  FIGURE_MEASURE_BALANCE: 'balance',
  FIGURE_MEASURE_INCREMENT: 'increment',
  FIGURE_MEASURE_FTP_PROFIT: 'ftpProfit',
  FIGURE_MEASURE_FEE_INCOME: 'feeIncome',
  FIGURE_MEASURE_EXPECTED_LOSS: 'expectedLoss',
  FIGURE_MEASURE_EVA: 'eva',
  FIGURE_MEASURE_UNIT_PRICE: 'unitPrice',
  FIGURE_MEASURE_FLOW_AMOUNT: 'flowAmount',
} as const satisfies Record<string, keyof Amounts>;

export type Measure = keyof typeof FIELDS;
export const MEASURES = Object.keys(FIELDS) as Measure[];
export const PERIODS: Period[] = ['PERIOD_KIND_DAY', 'PERIOD_KIND_MONTH', 'PERIOD_KIND_QUARTER', 'PERIOD_KIND_YEAR'];

/** What is there at a point of time, and so is drawn as a line; the others add up, and are drawn as bars. */
export const STOCKS: ReadonlySet<Measure> = new Set(['FIGURE_MEASURE_AVERAGE_BALANCE', 'FIGURE_MEASURE_BALANCE']);

export function isMeasure(text: string): text is Measure {
  return text in FIELDS;
}

export function isPeriod(text: string): text is Period {
  return (PERIODS as string[]).includes(text);
}

export function amountOf(amounts: Amounts | undefined, measure: Measure): Money | undefined {
  return amounts?.[FIELDS[measure]];
}

/** With what a period can be compared, the nearest first. */
export function comparisonsOf(period: Period): Comparison[] {
  if (period === 'PERIOD_KIND_DAY') {
    return [
      'COMPARISON_KIND_DAY_BEFORE',
      'COMPARISON_KIND_MONTH_END_BEFORE',
      'COMPARISON_KIND_YEAR_END_BEFORE',
      'COMPARISON_KIND_YEAR_BEFORE',
    ];
  }
  return ['COMPARISON_KIND_PERIOD_BEFORE', 'COMPARISON_KIND_YEAR_BEFORE'];
}

export function comparisonOf(line: FigureLine | undefined, kind: Comparison) {
  return line?.comparisons.find((comparison) => comparison.kind === kind);
}
