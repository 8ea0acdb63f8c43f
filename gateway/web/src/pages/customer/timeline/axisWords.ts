// What the axis and the pointer say.
import type { Language } from '../../../design/formats';
import { BALANCES, type Balance, nearest } from './figures';
import { type Lane, onAxis, type PlacedItem, type TimelineItem } from './lanes';
import type { TimelineChart } from './timelineOption';

export interface Said {
  balance: (name: Balance) => string;
  lane: (lane: Lane) => string;
  kind: (item: TimelineItem) => string;
  item: (item: TimelineItem) => string;
  dates: (item: TimelineItem) => string;
  balances: string;
  flows: string;
  inflow: string;
  outflow: string;
  salary: string;
  settlement: string;
  ownTransfer: string;
  assets: string;
  asOf: string;
  nothingKnown: string;
}

const utc = (locale: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
const AXIS_FORMATS = {
  zh: {
    year: utc('zh-CN', { year: 'numeric' }),
    month: utc('zh-CN', { month: 'short' }),
    day: utc('zh-CN', { month: 'numeric', day: 'numeric' }),
  },
  en: {
    year: utc('en-GB', { year: 'numeric' }),
    month: utc('en-GB', { month: 'short' }),
    day: utc('en-GB', { day: 'numeric', month: 'short' }),
  },
};
const NEAR_MILLISECONDS = 4 * 86_400_000;
const NEAR_ITEMS_MAX = 5;
/** A line of the pointer's box holds so many letters. */
const LINE_LETTERS_MAX = 42;

/** The year at its beginning, the month at its own, days between. */
export function axisWords(time: number, language: Language): string {
  const date = new Date(time);
  const { year, month, day } = AXIS_FORMATS[language];
  if (date.getUTCDate() > 1) return day.format(date);
  return date.getUTCMonth() === 0 ? year.format(date) : month.format(date);
}

export function tooltipWords(shown: unknown, chart: TimelineChart): string {
  if (Array.isArray(shown)) {
    const first = shown[0] as { axisValue?: number } | undefined;
    return first?.axisValue === undefined ? '' : dayWords(first.axisValue, chart);
  }
  const each = (shown as { data?: { each?: PlacedItem } }).data?.each;
  return each ? itemWords(each.item, chart.said) : '';
}

function itemWords(item: TimelineItem, said: Said): string {
  const who = item.personName ? [item.personName] : [];
  return [said.kind(item), ...wrapped(said.item(item)), [said.dates(item), ...who].join(' · ')].join('\n');
}

function dayWords(time: number, chart: TimelineChart): string {
  const { figures, timeline, formats, said, placed } = chart;
  const money = (amount: number) => formats.money({ currencyCode: timeline.currencyCode, amount: amount.toFixed(2) });
  const lines: string[] = [];
  const index = figures ? figures.times.indexOf(nearest(figures.times, time, (each) => each) ?? -1) : -1;
  const day = new Date(time).toISOString().slice(0, 10);
  const known = figures && index >= 0 && day <= timeline.asOfDate;
  lines.push(formats.dateLong(known ? figures.dates[index] : day));
  if (known) {
    let assets = 0;
    for (const name of BALANCES) {
      const amount = figures.balances[name][index];
      if (amount === null || amount === undefined) continue;
      if (name !== 'loan') assets += amount;
      if (amount !== 0) lines.push(`${said.balance(name)}  ${money(amount)}`);
    }
    lines.push(`${said.assets}  ${money(assets)}`);
    lines.push(...flowWords(time, chart, money));
  } else {
    lines.push(said.nothingKnown);
  }
  const near = placed.items.filter((each) => Math.abs(each.from - time) <= NEAR_MILLISECONDS).slice(0, NEAR_ITEMS_MAX);
  for (const each of near) lines.push(`· ${clipped(said.item(each.item))}`);
  return lines.join('\n');
}

function flowWords(time: number, { figures, said, language }: TimelineChart, money: (amount: number) => string): string[] {
  const point = nearest(figures?.flows ?? [], time, (each) => each.at);
  if (!point || (!point.sums.inflow && !point.sums.outflow)) return [];
  const { inflow, outflow, salaryInflow, settlementInflow, ownTransferOut } = point.sums;
  const day = (date: string) => AXIS_FORMATS[language].day.format(new Date(onAxis(date)));
  const lines = [`${day(point.startDate)} – ${day(point.endDate)}`];
  if (inflow) lines.push(`${said.inflow}  ${money(inflow)}`);
  if (salaryInflow) lines.push(`${said.salary}  ${money(salaryInflow)}`);
  if (settlementInflow) lines.push(`${said.settlement}  ${money(settlementInflow)}`);
  if (outflow) lines.push(`${said.outflow}  ${money(outflow)}`);
  if (ownTransferOut) lines.push(`${said.ownTransfer}  ${money(ownTransferOut)}`);
  return lines;
}

const clipped = (text: string) => (text.length > LINE_LETTERS_MAX ? `${text.slice(0, LINE_LETTERS_MAX - 1)}…` : text);

/** Chinese letters are twice as wide, and sentences have few spaces to break at. */
function wrapped(text: string): string[] {
  const room = /[\u4e00-\u9fff]/.test(text) ? LINE_LETTERS_MAX / 1.6 : LINE_LETTERS_MAX;
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/[\u4e00-\u9fff]|[^\s\u4e00-\u9fff]+\s*|\s+/g) ?? []) {
    if (line.length + word.length > room && line) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  return line ? [...lines, line] : lines;
}
