// The figures of the timeline as the chart draws them: balances day by day, movements by the week where days would be hairlines.
import type { Schema } from '@rm-workbench/client';
import { onAxis } from './lanes';

export type CustomerTimeline = Schema<'analytics.v1.CustomerTimeline'>;
type Series = NonNullable<CustomerTimeline['series']>;

export const BALANCES = ['deposit', 'term', 'wealth', 'loan'] as const;
export type Balance = (typeof BALANCES)[number];
const FLOWS = ['inflow', 'outflow', 'salaryInflow', 'settlementInflow', 'ownTransferOut'] as const;
export type Flow = (typeof FLOWS)[number];

export interface FlowPoint {
  /** The middle of the days that it sums up. */
  at: number;
  startDate: string;
  endDate: string;
  sums: Record<Flow, number>;
}

export interface Figures {
  dates: string[];
  times: number[];
  balances: Record<Balance, (number | null)[]>;
  flows: FlowPoint[];
}

const DAY_MILLISECONDS = 86_400_000;
const WEEK_MILLISECONDS = 7 * DAY_MILLISECONDS;
// A Monday.
const EPOCH = Date.UTC(1970, 0, 5);

const isoDate = (time: number) => new Date(time).toISOString().slice(0, 10);
const known = (amount: string | undefined): number | null => (amount ? Number(amount) : null);

export function figuresOf(timeline: CustomerTimeline): Figures | undefined {
  const { series } = timeline;
  if (!series?.dates.length) return undefined;
  const first = firstKnown(series);
  const dates = series.dates.slice(first);
  const balance = (name: Balance) => series[name].slice(first).map(known);
  return {
    dates,
    times: dates.map(onAxis),
    balances: { deposit: balance('deposit'), term: balance('term'), wealth: balance('wealth'), loan: balance('loan') },
    flows: flowsOf(series, first, timeline.resolution),
  };
}

/** Before the first balance or movement there is nothing to draw. */
function firstKnown(series: Series): number {
  const something = (index: number) => [...BALANCES, ...FLOWS].some((name) => Number(series[name][index] || 0) !== 0);
  return Math.max(
    0,
    series.dates.findIndex((_, index) => something(index)),
  );
}

function flowsOf(series: Series, first: number, resolution: string): FlowPoint[] {
  const points = new Map<number, FlowPoint>();
  for (let index = first; index < series.dates.length; index += 1) {
    const [start, end] = spanOf(series.dates[index] ?? '', resolution);
    const point = points.get(start) ?? emptyPoint(start, end);
    for (const flow of FLOWS) point.sums[flow] += Number(series[flow][index] || 0);
    points.set(start, point);
  }
  return [...points.values()];
}

function spanOf(date: string, resolution: string): [number, number] {
  const time = onAxis(date);
  if (resolution === 'TIMELINE_RESOLUTION_MONTH') return [onAxis(`${date.slice(0, 7)}-01`), time];
  const start = time - ((time - EPOCH) % WEEK_MILLISECONDS);
  return [start, start + WEEK_MILLISECONDS - DAY_MILLISECONDS];
}

function emptyPoint(start: number, end: number): FlowPoint {
  return {
    at: (start + end) / 2,
    startDate: isoDate(start),
    endDate: isoDate(end),
    sums: { inflow: 0, outflow: 0, salaryInflow: 0, settlementInflow: 0, ownTransferOut: 0 },
  };
}

/** The point that is nearest to a place of the axis. */
export function nearest<Point>(points: readonly Point[], time: number, timeOf: (point: Point) => number): Point | undefined {
  let best: Point | undefined;
  for (const point of points) {
    if (!best || Math.abs(timeOf(point) - time) < Math.abs(timeOf(best) - time)) best = point;
  }
  return best;
}
