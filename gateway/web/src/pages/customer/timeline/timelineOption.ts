// One axis for all: balances above, movements below them, and in lanes what happened.
import type { ChartOption } from '../../../design/Chart';
import type { Formats, Language } from '../../../design/formats';
import { axisWords, type Said, tooltipWords } from './axisWords';
import { BALANCES, type Balance, type CustomerTimeline, type Figures } from './figures';
import { onAxis, type Placed } from './lanes';
import { drawMark, type MarkColours } from './marks';

export interface Palette extends MarkColours {
  balance: Record<Balance, string>;
  rises: string;
  falls: string;
  text: string;
  weak: string;
  line: string;
  band: string;
  future: string;
}

export interface TimelineChart {
  timeline: CustomerTimeline;
  figures: Figures | undefined;
  placed: Placed;
  /** The part of the axis that is shown first. */
  window: { from: string; to: string };
  narrow: boolean;
  formats: Formats;
  language: Language;
  said: Said;
  palette: Palette;
}

const TOP_PIXELS = 36;
const BALANCES_PIXELS = 232;
const FLOWS_PIXELS = 84;
const APART_PIXELS = 30;
const LANES_APART_PIXELS = 16;
const ROW_PIXELS = 26;
const SLIDER_PIXELS = 34;
const AXIS_PIXELS = 30;

export function heightOf(placed: Placed): number {
  const lanes = placed.rows.length * ROW_PIXELS;
  return (
    TOP_PIXELS + BALANCES_PIXELS + FLOWS_PIXELS + APART_PIXELS + LANES_APART_PIXELS + lanes + AXIS_PIXELS + SLIDER_PIXELS + 12
  );
}

export function timelineOption(chart: TimelineChart): ChartOption {
  const { narrow, placed, said, palette } = chart;
  const side = { left: narrow ? 58 : 84, right: narrow ? 12 : 24, outerBoundsMode: 'none' };
  const flowsTop = TOP_PIXELS + BALANCES_PIXELS + APART_PIXELS;
  const lanesTop = flowsTop + FLOWS_PIXELS + LANES_APART_PIXELS;
  const lanesHeight = placed.rows.length * ROW_PIXELS;
  return {
    useUTC: true,
    legend: {
      top: 0,
      left: side.left,
      icon: 'roundRect',
      itemWidth: 12,
      itemHeight: 8,
      itemGap: narrow ? 10 : 18,
      data: [...shownBalances(chart).map(said.balance), ...(narrow ? [] : [said.inflow, said.outflow])],
      textStyle: { color: palette.text, fontSize: 12 },
    },
    grid: [
      { ...side, top: TOP_PIXELS, height: BALANCES_PIXELS, tooltip: { trigger: 'axis' } },
      { ...side, top: flowsTop, height: FLOWS_PIXELS, tooltip: { trigger: 'axis' } },
      { ...side, top: lanesTop, height: lanesHeight },
    ],
    xAxis: [0, 1, 2].map((gridIndex) => timeAxis(chart, gridIndex)),
    yAxis: [amountAxis(chart, 0), amountAxis(chart, 1), laneAxis(chart)],
    axisPointer: { link: [{ xAxisIndex: 'all' }], label: { show: false }, lineStyle: { color: palette.weak, width: 1 } },
    tooltip: { trigger: 'item', formatter: (shown: unknown) => tooltipWords(shown, chart) },
    dataZoom: zooms(chart, lanesTop + lanesHeight + AXIS_PIXELS),
    series: [
      ...balanceSeries(chart),
      ...flowSeries(chart),
      laneSeries(chart),
      ...[0, 1, 2].map((index) => backdrop(chart, index)),
    ],
  };
}

function timeAxis({ timeline, palette, language }: TimelineChart, gridIndex: number) {
  const last = gridIndex === 2;
  return {
    type: 'time',
    gridIndex,
    min: onAxis(timeline.startDate),
    max: onAxis(timeline.endDate),
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: palette.line, opacity: 0.6 } },
    axisLabel: {
      show: last,
      color: palette.weak,
      hideOverlap: true,
      formatter: (time: number) => axisWords(time, language),
    },
    axisPointer: { show: true, snap: false },
  };
}

function amountAxis({ palette, formats, said, narrow }: TimelineChart, gridIndex: number) {
  return {
    type: 'value',
    gridIndex,
    name: gridIndex === 0 ? said.balances : said.flows,
    nameLocation: 'end',
    nameGap: 8,
    nameTextStyle: { color: palette.weak, align: 'right', padding: [0, 8, 0, 0], fontSize: 12 },
    splitNumber: gridIndex === 0 ? 4 : 2,
    splitLine: { lineStyle: { color: palette.line } },
    axisLabel: { color: palette.weak, fontSize: narrow ? 11 : 12, formatter: formats.axis },
  };
}

function laneAxis({ placed, said, palette }: TimelineChart) {
  let lane = 0;
  const bands = placed.rows.map(({ first }, index) => {
    if (first && index > 0) lane += 1;
    return lane % 2 ? 'transparent' : palette.band;
  });
  return {
    type: 'category',
    gridIndex: 2,
    inverse: true,
    data: placed.rows.map((_, index) => String(index)),
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    splitArea: { show: true, interval: 0, areaStyle: { color: bands } },
    axisLabel: {
      interval: 0,
      color: palette.text,
      fontSize: 12,
      formatter: (row: string) => {
        const shown = placed.rows[Number(row)];
        return shown?.first ? said.lane(shown.lane) : '';
      },
    },
  };
}

function zooms({ window, narrow, palette, language }: TimelineChart, top: number) {
  const shared = {
    xAxisIndex: [0, 1, 2],
    filterMode: 'weakFilter',
    startValue: onAxis(window.from),
    endValue: onAxis(window.to),
    minValueSpan: 14 * 86_400_000,
  };
  const slider = {
    ...shared,
    type: 'slider',
    top,
    height: SLIDER_PIXELS,
    brushSelect: true,
    showDetail: false,
    borderColor: palette.line,
    labelFormatter: (time: number) => axisWords(time, language),
  };
  // On a phone a finger that moves over the chart scrolls the page.
  return narrow ? [slider] : [slider, { ...shared, type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true }];
}

/** What the customer never had is not drawn. */
function shownBalances({ figures }: TimelineChart): Balance[] {
  const had = BALANCES.filter((name) => figures?.balances[name].some((amount) => amount));
  return had.length ? had : ['deposit'];
}

function balanceSeries(chart: TimelineChart) {
  const { figures, said, palette } = chart;
  return shownBalances(chart).map((name) => {
    const loan = name === 'loan';
    return {
      type: 'line',
      name: said.balance(name),
      xAxisIndex: 0,
      yAxisIndex: 0,
      symbol: 'none',
      ...(loan ? {} : { stack: 'assets', areaStyle: { opacity: 0.28 } }),
      lineStyle: loan ? { width: 2, type: 'dashed' } : { width: 1.5 },
      itemStyle: { color: palette.balance[name] },
      data: figures?.times.map((time, index) => [time, figures.balances[name][index]]) ?? [],
    };
  });
}

function flowSeries({ figures, said, palette }: TimelineChart) {
  const flows = figures?.flows ?? [];
  const shared = { type: 'bar', xAxisIndex: 1, yAxisIndex: 1, stack: 'flows', barMaxWidth: 10, barMinWidth: 1 };
  return [
    { ...shared, name: said.inflow, itemStyle: { color: palette.rises }, data: flows.map(({ at, sums }) => [at, sums.inflow]) },
    {
      ...shared,
      name: said.outflow,
      itemStyle: { color: palette.falls },
      data: flows.map(({ at, sums }) => [at, -sums.outflow]),
    },
  ];
}

function laneSeries({ placed, palette }: TimelineChart) {
  return {
    type: 'custom',
    xAxisIndex: 2,
    yAxisIndex: 2,
    clip: true,
    encode: { x: [0, 2], y: 1 },
    renderItem: drawMark(placed, palette),
    data: placed.items.map((each) => ({ value: [each.from, each.row, each.to], each })),
  };
}

/** What holds for the whole height: where the figures end, and for which days none came. */
function backdrop({ timeline, said, palette }: TimelineChart, index: number) {
  const asOf = timeline.asOfDate && onAxis(timeline.asOfDate);
  const areas = timeline.gaps.map((gap) => [
    { xAxis: onAxis(gap.startDate), itemStyle: { color: palette.weak, opacity: 0.18 } },
    { xAxis: onAxis(gap.endDate) + 86_400_000 },
  ]);
  const future = asOf ? [[{ xAxis: asOf, itemStyle: { color: palette.future } }, { xAxis: onAxis(timeline.endDate) }]] : [];
  return {
    type: 'line',
    xAxisIndex: index,
    yAxisIndex: index,
    silent: true,
    data: [],
    markArea: { silent: true, data: [...areas, ...future] },
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: palette.weak, type: 'solid', width: 1 },
      label: { show: index === 0, formatter: said.asOf, color: palette.weak, fontSize: 11, position: 'insideEndTop', rotate: 0 },
      data: asOf ? [{ xAxis: asOf }] : [],
    },
  };
}
