import type { Schema } from '@rm-workbench/client';
import type { ChartOption } from '../../../design/Chart';
import type { Formats } from '../../../design/formats';

/** An account's closing balances day by day; days for which none came are drawn as what stood before. */
export function balanceOption(balances: Schema<'customer.v1.DayBalance'>[], formats: Formats): ChartOption {
  return {
    grid: { left: 64, right: 12, top: 12, bottom: 28, outerBoundsMode: 'none' },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: balances.map((day) => day.businessDate),
      axisLabel: { formatter: (date: string) => formats.date(date), hideOverlap: true },
      axisTick: { show: false },
    },
    yAxis: { type: 'value', axisLabel: { formatter: (amount: number) => formats.axis(amount) }, splitNumber: 4 },
    tooltip: {
      trigger: 'axis',
      formatter: (shown: { dataIndex: number }[]) => {
        const day = balances[shown[0]?.dataIndex ?? 0];
        return day ? `${formats.dateLong(day.businessDate)}\n${formats.money(day.balance)}` : '';
      },
    },
    series: [
      {
        type: 'line',
        step: 'end',
        symbol: 'none',
        lineStyle: { width: 1.5 },
        areaStyle: { opacity: 0.2 },
        data: balances.map((day) => Number(day.balance?.amount ?? 0)),
      },
    ],
  };
}
