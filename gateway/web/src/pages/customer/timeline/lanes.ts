// Where what happened stands below the figures: in a lane by its sort, spans that overlap in rows of their own.
import type { Schema } from '@rm-workbench/client';

export type TimelineItem = Schema<'analytics.v1.TimelineItem'>;
export type ItemKind = TimelineItem['kind'];
export type Mark = 'dot' | 'ring' | 'square' | 'diamond' | 'triangle' | 'flag' | 'span';

export const LANES = ['contact', 'voice', 'signal', 'sales', 'task', 'coverage', 'account'] as const;
export type Lane = (typeof LANES)[number];

/** Lanes that are shown empty too: that nobody called and no sign was seen says something. */
const ALWAYS: readonly Lane[] = ['contact', 'voice', 'signal'];
/** More overlapping spans than so many share the last row. */
const LANE_ROWS_MAX = 4;
/** Spans nearer to each other than so many days would touch. */
const APART_DAYS = 4;
const DAY_MILLISECONDS = 86_400_000;

interface Look {
  lane: Lane;
  mark: Mark;
}

const LOOKS: Record<string, Look> = {
  CONTACT: { lane: 'contact', mark: 'dot' },
  CONTACT_NOT_DONE: { lane: 'contact', mark: 'ring' },
  COMPLAINT: { lane: 'voice', mark: 'triangle' },
  NEED: { lane: 'voice', mark: 'square' },
  OPINION: { lane: 'voice', mark: 'dot' },
  SURVEY_ANSWER: { lane: 'voice', mark: 'diamond' },
  SIGNAL: { lane: 'signal', mark: 'span' },
  OPPORTUNITY: { lane: 'sales', mark: 'span' },
  LEAD_CAPTURED: { lane: 'sales', mark: 'span' },
  TASK: { lane: 'task', mark: 'span' },
  LEAD_CHANGED: { lane: 'coverage', mark: 'diamond' },
  LEAD_LEFT: { lane: 'coverage', mark: 'triangle' },
  ACCOUNT_OPENED: { lane: 'account', mark: 'dot' },
  ACCOUNT_CLOSED: { lane: 'account', mark: 'ring' },
  MATURITY: { lane: 'account', mark: 'flag' },
  RATE_CHANGED: { lane: 'account', mark: 'diamond' },
};
const UNKNOWN: Look = { lane: 'account', mark: 'dot' };

export function lookOf(kind: ItemKind): Look {
  return LOOKS[kind.replace('TIMELINE_ITEM_KIND_', '')] ?? UNKNOWN;
}

/** The instant at which a business date begins on the axis, which knows no zones. */
export function onAxis(date: string): number {
  return Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
}

export interface PlacedItem {
  item: TimelineItem;
  lane: Lane;
  mark: Mark;
  row: number;
  from: number;
  to: number;
}

export interface Placed {
  /** The lane of each row, from the top; a lane's first row bears its name. */
  rows: { lane: Lane; first: boolean }[];
  items: PlacedItem[];
}

/** Gives every item its row; what is not over reaches to `lastDate`. */
export function place(items: readonly TimelineItem[], lastDate: string): Placed {
  const rows: Placed['rows'] = [];
  const placed: PlacedItem[] = [];
  for (const lane of LANES) {
    const own = items.filter((item) => lookOf(item.kind).lane === lane);
    if (!own.length && !ALWAYS.includes(lane)) continue;
    const first = rows.length;
    const { count, rowOf } = packed(own, lastDate);
    for (let row = 0; row < count; row += 1) rows.push({ lane, first: row === 0 });
    for (const [item, row] of rowOf) {
      placed.push({ item, lane, mark: lookOf(item.kind).mark, row: first + row, ...extent(item, lastDate) });
    }
  }
  return { rows, items: placed };
}

function extent(item: TimelineItem, lastDate: string): { from: number; to: number } {
  const from = onAxis(item.date);
  if (lookOf(item.kind).mark !== 'span') return { from, to: from };
  return { from, to: Math.max(from, onAxis(item.endDate || lastDate)) };
}

function packed(items: readonly TimelineItem[], lastDate: string): { count: number; rowOf: Map<TimelineItem, number> } {
  const free: number[] = [];
  const rowOf = new Map<TimelineItem, number>();
  for (const item of items) {
    if (lookOf(item.kind).mark !== 'span') {
      rowOf.set(item, 0);
      continue;
    }
    const { from, to } = extent(item, lastDate);
    let row = free.findIndex((until) => until <= from);
    if (row < 0) row = Math.min(free.length, LANE_ROWS_MAX - 1);
    free[row] = to + APART_DAYS * DAY_MILLISECONDS;
    rowOf.set(item, row);
  }
  return { count: Math.max(1, free.length), rowOf };
}
