import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import type { ChartOption } from '../../../design/Chart';
import { addDays, useFormats } from '../../../design/formats';
import { LazyChart } from '../../../design/LazyChart';
import { useNamed } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import type { Subject } from './filters';
import { addsUpOverTime, digitsOf, exactly, type PeriodKind } from './measures';

/** How many days back the chart reaches. */
const REACH_DAYS: Record<PeriodKind, number> = {
  PERIOD_KIND_DAY: 45,
  PERIOD_KIND_MONTH: 396,
  PERIOD_KIND_QUARTER: 800,
  PERIOD_KIND_YEAR: 2_200,
};
const HEIGHT = 330;

interface Props {
  subject: Subject;
  asOfDate: string;
  /** Somebody clicked a period: a day of it. */
  onChoose: (day: string) => void;
}

/** The chosen figure period by period. */
export function Trend({ subject, asOfDate, onChoose }: Props) {
  const { t } = useTranslation('performance');
  const named = useNamed();
  const formats = useFormats();
  const { measure, period, personId } = subject;
  const last = asOfDate;
  // Towards the past from the latest day, not from the chosen one: what came after it belongs to the picture.
  const startDate = addDays(last, -REACH_DAYS[period]);
  const points = useQuery({
    queryKey: ['/v1/figurePoints', personId, period, startDate],
    queryFn: async ({ signal }) => {
      const query = { period, startDate, pageSize: 1000, ...(personId ? { personId } : {}) };
      return (await client.GET('/v1/figurePoints', { params: { query }, signal })).data?.figurePoints ?? [];
    },
    placeholderData: (before) => before,
  });
  const option = useMemo<ChartOption>(() => {
    const list = points.data ?? [];
    const names = list.map((point) => nameOf(period, point.startDate, formats));
    return {
      grid: { left: 8, right: 12, top: 16, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      xAxis: { type: 'category', data: names, axisTick: { show: false }, axisLine: { lineStyle: { opacity: 0.4 } } },
      yAxis: {
        type: 'value',
        scale: !addsUpOverTime(measure),
        axisLabel: { formatter: formats.axis },
        splitLine: { lineStyle: { opacity: 0.25 } },
      },
      tooltip: {
        trigger: 'axis',
        formatter: (shown: { dataIndex: number }[]) => {
          const point = list[shown[0]?.dataIndex ?? 0];
          return point
            ? `${formats.date(point.startDate)} – ${formats.date(point.asOfDate)}\n${exactly(point.amounts, measure, formats)}`
            : '';
        },
      },
      series: [
        {
          type: addsUpOverTime(measure) ? 'bar' : 'line',
          name: named(measure),
          barMaxWidth: 34,
          symbolSize: 7,
          lineStyle: { width: 2.5 },
          areaStyle: { opacity: 0.08 },
          itemStyle: { borderRadius: [3, 3, 0, 0] },
          data: list.map((point) => ({
            value: Number(digitsOf(point.amounts, measure)),
            itemStyle: { opacity: point.asOfDate === asOfDate ? 1 : 0.55 },
          })),
        },
      ],
    };
  }, [points.data, measure, period, asOfDate, formats, named]);
  return (
    <Card title={t('results.trend', { measure: named(measure) })} className="results-trend">
      <Loaded query={points} isEmpty={(list) => list.length === 0} empty={<EmptyState words={t('results.none')} />}>
        {(list) => (
          <>
            <LazyChart
              option={option}
              height={HEIGHT}
              label={t('results.trend', { measure: named(measure) })}
              onClick={({ dataIndex }) => onChoose(list[dataIndex]?.startDate ?? '')}
            />
            <table className="unseen">
              <tbody>
                {list.map((point) => (
                  <tr key={point.startDate}>
                    <th scope="row">{nameOf(period, point.startDate, formats)}</th>
                    <td>{exactly(point.amounts, measure, formats)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Loaded>
    </Card>
  );
}

/** What a period that begins on the day is called. */
export function nameOf(period: PeriodKind, startDate: string, formats: ReturnType<typeof useFormats>): string {
  if (period === 'PERIOD_KIND_DAY') return formats.date(startDate);
  if (period === 'PERIOD_KIND_MONTH') return formats.month(startDate);
  const year = startDate.slice(0, 4);
  return period === 'PERIOD_KIND_YEAR' ? year : `${year} Q${Math.ceil(Number(startDate.slice(5, 7)) / 3)}`;
}
