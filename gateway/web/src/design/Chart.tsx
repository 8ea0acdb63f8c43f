import { theme } from 'antd';
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import type { ECharts, EChartsCoreOption } from 'echarts/core';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { SERIES, useAppearance } from './theme';

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  CustomChart,
  DataZoomComponent,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  MarkAreaComponent,
  MarkLineComponent,
  ScatterChart,
  TooltipComponent,
]);

export type ChartOption = EChartsCoreOption;

type Part = Record<string, unknown>;

/** Axes and legend in the page's colours, where the chart names none: the library's own are made for a white ground. */
function inColours(option: ChartOption, text: string, line: string): ChartOption {
  const axis = (part: unknown) => {
    const { axisLabel, axisLine, splitLine, ...rest } = (part ?? {}) as Part;
    const lines = { ...(splitLine as Part), lineStyle: { color: line, ...((splitLine as Part)?.lineStyle as Part), opacity: 1 } };
    const base = { ...(axisLine as Part), lineStyle: { color: line, ...((axisLine as Part)?.lineStyle as Part), opacity: 1 } };
    return { ...rest, axisLabel: { color: text, ...(axisLabel as Part) }, axisLine: base, splitLine: lines };
  };
  const axes = (part: unknown) => (Array.isArray(part) ? part.map(axis) : axis(part));
  return {
    ...option,
    ...(option.xAxis ? { xAxis: axes(option.xAxis) } : {}),
    ...(option.yAxis ? { yAxis: axes(option.yAxis) } : {}),
    ...(option.legend && !Array.isArray(option.legend)
      ? { legend: { textStyle: { color: text }, ...(option.legend as Part) } }
      : {}),
  };
}

interface Props {
  option: ChartOption;
  height: number;
  /** What the chart shows, for screen readers; the same figures stand in a table beside or behind it. */
  label: string;
  onClick?: (params: { dataIndex: number; seriesIndex?: number; name: string; data: unknown }) => void;
  onReady?: (chart: ECharts) => void;
}

/**
 * A chart of ECharts in the page's colours. Load it lazily, through `LazyChart`.
 *
 * Tooltips are drawn, not HTML: the content security policy has no room for styles within markup.
 */
export default function Chart({ option, height, label, onClick, onReady }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const appearance = useAppearance();
  const { token } = theme.useToken();
  const handlers = useRef({ onClick, onReady });
  handlers.current = { onClick, onReady };
  useEffect(() => {
    if (!place.current) return;
    const made = echarts.init(place.current, undefined, { renderer: 'canvas' });
    chart.current = made;
    made.on('click', (params) => handlers.current.onClick?.(params as unknown as Parameters<NonNullable<Props['onClick']>>[0]));
    handlers.current.onReady?.(made);
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    const tooltip = { renderMode: 'richText', confine: true, ...((option.tooltip as object) ?? {}) };
    chart.current?.setOption(
      {
        color: SERIES[appearance],
        textStyle: { fontFamily: token.fontFamily, color: token.colorText },
        aria: { enabled: true, label: { description: label } },
        animationDuration: 250,
        ...inColours(option, token.colorTextSecondary, token.colorBorderSecondary),
        tooltip: {
          ...tooltip,
          backgroundColor: token.colorBgElevated,
          borderColor: token.colorBorder,
          textStyle: { color: token.colorText, fontSize: 13, lineHeight: 20 },
        },
      },
      { notMerge: true },
    );
  }, [option, appearance, token, label]);
  return <div ref={place} role="img" aria-label={label} className="chart" style={{ height }} />;
}
