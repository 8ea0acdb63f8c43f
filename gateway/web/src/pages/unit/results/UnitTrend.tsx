import { Card } from 'antd';
import dayjs from 'dayjs';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import type { ChartOption } from '../../../design/Chart';
import { type Formats, useFormats } from '../../../design/formats';
import { LazyChart } from '../../../design/LazyChart';
import { useNamed } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { amountOf, type Measure, type Period, STOCKS } from './figures';

interface Props {
  organisationPath: string;
  period: Period;
  measure: Measure;
  asOfDate: string;
}

/** How many periods back are drawn. */
const BACK: Record<Period, [number, 'day' | 'month' | 'year']> = {
  PERIOD_KIND_DAY: [60, 'day'],
  PERIOD_KIND_MONTH: [12, 'month'],
  PERIOD_KIND_QUARTER: [24, 'month'],
  PERIOD_KIND_YEAR: [5, 'year'],
};

/** One measure of the unit, period by period. */
export function UnitTrend({ organisationPath, period, measure, asOfDate }: Props) {
  const { t } = useTranslation('unit');
  const named = useNamed();
  const formats = useFormats();
  const [count, unit] = BACK[period];
  const startDate = asOfDate ? dayjs(asOfDate).subtract(count, unit).startOf(unit).format('YYYY-MM-DD') : '';
  const query = { organisationPath, period, startDate, endDate: asOfDate, pageSize: 100 };
  const points = api.useQuery('get', '/v1/figurePoints', { params: { query } }, { enabled: asOfDate !== '' });
  const option = useMemo(() => {
    const drawn = (points.data?.figurePoints ?? []).map((point) => ({
      name: nameOf(point.startDate, period, formats),
      value: Number(amountOf(point.amounts, measure)?.amount ?? 0),
      words: formats.money(amountOf(point.amounts, measure)),
      upTo: isOver(point, period) ? '' : t('results.soFar', { date: formats.date(point.asOfDate) }),
    }));
    return optionOf(drawn, STOCKS.has(measure), formats);
  }, [points.data, period, measure, formats, t]);
  const title = t('results.trend', { measure: named(measure) });
  return (
    <Card size="small" title={title} className="unit-trend">
      <Loaded
        query={points}
        isEmpty={(data) => data.figurePoints.length === 0}
        empty={<EmptyState words={t('results.noTrend')} />}
        rows={6}
      >
        {() => <LazyChart option={option} height={220} label={title} />}
      </Loaded>
    </Card>
  );
}

/** Whether the period's last day is in it. */
function isOver(point: { startDate: string; asOfDate: string }, period: Period): boolean {
  const months = { PERIOD_KIND_DAY: 0, PERIOD_KIND_MONTH: 1, PERIOD_KIND_QUARTER: 3, PERIOD_KIND_YEAR: 12 }[period];
  return months === 0 || !dayjs(point.asOfDate).isBefore(dayjs(point.startDate).add(months, 'month').subtract(1, 'day'));
}

function nameOf(date: string, period: Period, formats: Formats): string {
  if (period === 'PERIOD_KIND_DAY') return formats.date(date);
  if (period === 'PERIOD_KIND_YEAR') return date.slice(0, 4);
  if (period === 'PERIOD_KIND_QUARTER') return `${date.slice(0, 4)} Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
  return formats.month(date);
}

interface Drawn {
  name: string;
  value: number;
  words: string;
  /** Of a period that is not over: up to when it is counted. */
  upTo: string;
}

function optionOf(drawn: Drawn[], stock: boolean, formats: Formats): ChartOption {
  return {
    grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'axis',
      formatter: (params: { dataIndex: number }[]) => {
        const point = drawn[params[0]?.dataIndex ?? 0];
        return point ? [point.name, point.words, point.upTo].filter(Boolean).join('\n') : '';
      },
    },
    xAxis: { type: 'category', data: drawn.map((point) => point.name), axisTick: { show: false } },
    yAxis: { type: 'value', scale: stock, axisLabel: { formatter: formats.axis } },
    series: [
      stock
        ? { type: 'line', data: drawn.map((point) => point.value), smooth: false, symbolSize: 6, areaStyle: { opacity: 0.12 } }
        : { type: 'bar', data: drawn.map(barOf), barMaxWidth: 36 },
    ],
  };
}

/** What is not over yet is drawn paler. */
function barOf(point: Drawn) {
  return { value: point.value, itemStyle: { opacity: point.upTo ? 0.5 : 1 } };
}
