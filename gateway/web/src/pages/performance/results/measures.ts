// What is measured, and where it stands in an answer.
import type { Schema } from '@rm-workbench/client';
import type { Formats, Money } from '../../../design/formats';

export type Amounts = Schema<'performance.v1.FigureAmounts'>;
export type Measure = Exclude<Schema<'performance.v1.FigureMeasure'>, 'FIGURE_MEASURE_UNSPECIFIED'>;
export type PeriodKind = Exclude<Schema<'performance.v1.PeriodKind'>, 'PERIOD_KIND_UNSPECIFIED'>;

const PLACES: Record<Measure, keyof Amounts> = {
  FIGURE_MEASURE_BALANCE: 'balance',
  FIGURE_MEASURE_AVERAGE_BALANCE: 'averageBalance',
  FIGURE_MEASURE_BASE_BALANCE: 'baseBalance',
  FIGURE_MEASURE_INCREMENT: 'increment',
  FIGURE_MEASURE_FTP_PROFIT: 'ftpProfit',
  FIGURE_MEASURE_FEE_INCOME: 'feeIncome',
  FIGURE_MEASURE_EXPECTED_LOSS: 'expectedLoss',
  FIGURE_MEASURE_CAPITAL_COST: 'capitalCost',
  FIGURE_MEASURE_CONTRIBUTION: 'contribution',
  FIGURE_MEASURE_EVA: 'eva',
  FIGURE_MEASURE_UNIT_PRICE: 'unitPrice',
  FIGURE_MEASURE_FLOW_AMOUNT: 'flowAmount',
  FIGURE_MEASURE_FLOW_COUNT: 'flowCount',
};

export const MEASURES = Object.keys(PLACES) as Measure[];

/** In the order in which they are shown first. */
export const KEY_MEASURES: Measure[] = [
  'FIGURE_MEASURE_CONTRIBUTION',
  'FIGURE_MEASURE_EVA',
  'FIGURE_MEASURE_FTP_PROFIT',
  'FIGURE_MEASURE_FEE_INCOME',
  'FIGURE_MEASURE_AVERAGE_BALANCE',
  'FIGURE_MEASURE_BALANCE',
  'FIGURE_MEASURE_INCREMENT',
  'FIGURE_MEASURE_UNIT_PRICE',
];

/** Of which rounded measures each is made. */
export const MADE_OF: Partial<Record<Measure, Measure[]>> = {
  FIGURE_MEASURE_CONTRIBUTION: ['FIGURE_MEASURE_FTP_PROFIT', 'FIGURE_MEASURE_FEE_INCOME', 'FIGURE_MEASURE_EXPECTED_LOSS'],
  FIGURE_MEASURE_EVA: [
    'FIGURE_MEASURE_FTP_PROFIT',
    'FIGURE_MEASURE_FEE_INCOME',
    'FIGURE_MEASURE_EXPECTED_LOSS',
    'FIGURE_MEASURE_CAPITAL_COST',
  ],
  FIGURE_MEASURE_INCREMENT: ['FIGURE_MEASURE_AVERAGE_BALANCE', 'FIGURE_MEASURE_BASE_BALANCE'],
};

/** Balances of several periods stand beside each other; what was earned in them adds up. */
const STANDING = new Set<Measure>([
  'FIGURE_MEASURE_BALANCE',
  'FIGURE_MEASURE_AVERAGE_BALANCE',
  'FIGURE_MEASURE_BASE_BALANCE',
  'FIGURE_MEASURE_INCREMENT',
]);

export function addsUpOverTime(measure: Measure): boolean {
  return !STANDING.has(measure);
}

export function moneyOf(amounts: Amounts | undefined, measure: Measure): Money | undefined {
  const value = amounts?.[PLACES[measure]];
  return typeof value === 'object' ? value : undefined;
}

/** The digits of a measure, whether it is money or a count. */
export function digitsOf(amounts: Amounts | undefined, measure: Measure): string {
  const value = amounts?.[PLACES[measure]];
  return typeof value === 'object' ? value.amount : String(value ?? '0');
}

/** Written out to the cent, or as a count. */
export function exactly(amounts: Amounts | undefined, measure: Measure, formats: Formats): string {
  const money = moneyOf(amounts, measure);
  return money ? formats.money(money) : formats.number(digitsOf(amounts, measure), 0);
}

export function isMeasure(text: string): text is Measure {
  return text in PLACES;
}
