// The shapes of what happened: each sort has one of its own, so that none is told by its colour alone.
import type { Mark, Placed, PlacedItem } from './lanes';

export interface MarkColours {
  severity: [string, string, string];
  mark: Record<'contact' | 'complaint' | 'voice' | 'sales' | 'task' | 'coverage' | 'account', string>;
  ground: string;
}

interface Drawing {
  value: (dimension: number) => number;
  coord: (place: [number, number]) => [number, number];
}

const RADIUS = 5;
const SPAN_PIXELS_MIN = 7;
// The graver, the thicker.
const SPAN_HEIGHTS = [8, 8, 11, 14] as const;

export function colourOf(each: PlacedItem, colours: MarkColours): string {
  const { item, lane } = each;
  if (lane === 'signal') return colours.severity[Math.min(3, Math.max(1, item.severity)) - 1] ?? colours.severity[0];
  if (item.kind === 'TIMELINE_ITEM_KIND_COMPLAINT' || item.kind === 'TIMELINE_ITEM_KIND_LEAD_LEFT') return colours.mark.complaint;
  return colours.mark[lane];
}

export function drawMark(placed: Placed, colours: MarkColours) {
  return ({ dataIndex }: { dataIndex: number }, api: Drawing) => {
    const each = placed.items[dataIndex];
    if (!each) return undefined;
    const [x, y] = api.coord([each.from, each.row]);
    const colour = colourOf(each, colours);
    if (each.mark === 'span') return span(x, api.coord([each.to, each.row])[0], y, each, colour);
    return { cursor: 'pointer', ...shape(each.mark, x, y), style: styleOf(each.mark, colour, colours.ground), emphasis };
  };
}

const emphasis = { style: { shadowBlur: 6, shadowColor: 'rgba(0, 0, 0, 0.35)' } };

function span(x: number, end: number, y: number, each: PlacedItem, colour: string) {
  const height = each.lane === 'signal' ? (SPAN_HEIGHTS[each.item.severity] ?? SPAN_HEIGHTS[0]) : SPAN_HEIGHTS[0];
  return {
    type: 'rect',
    cursor: 'pointer',
    shape: { x, y: y - height / 2, width: Math.max(SPAN_PIXELS_MIN, end - x), height, r: 3 },
    // What is open reaches to the end of the figures, and fades.
    style: { fill: colour, opacity: each.item.endDate ? 0.9 : 0.75, lineWidth: 0 },
    emphasis,
  };
}

function styleOf(mark: Mark, colour: string, ground: string) {
  if (mark === 'ring') return { fill: ground, stroke: colour, lineWidth: 1.8 };
  return { fill: colour, stroke: ground, lineWidth: 1 };
}

/** The outline of a mark about a point; the legend draws the same. */
export function shape(mark: Mark, x: number, y: number) {
  const r = RADIUS;
  if (mark === 'square')
    return { type: 'rect', shape: { x: x - r + 0.5, y: y - r + 0.5, width: 2 * r - 1, height: 2 * r - 1, r: 1 } };
  const points = pointsOf(mark, x, y);
  if (points) return { type: 'polygon', shape: { points } };
  return { type: 'circle', shape: { cx: x, cy: y, r: mark === 'ring' ? r - 0.5 : r } };
}

export function pointsOf(mark: Mark, x: number, y: number): [number, number][] | undefined {
  const r = RADIUS + 1;
  if (mark === 'diamond')
    return [
      [x, y - r],
      [x + r, y],
      [x, y + r],
      [x - r, y],
    ];
  if (mark === 'triangle')
    return [
      [x, y - r],
      [x + r, y + r - 2],
      [x - r, y + r - 2],
    ];
  if (mark === 'flag')
    return [
      [x - 1, y - r],
      [x + r, y - r / 3],
      [x + 1, y + r / 4],
      [x + 1, y + r],
      [x - 1, y + r],
    ];
  return undefined;
}
