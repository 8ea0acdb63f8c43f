import { Grid } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { useBilingual } from '../../../design/bilingual';
import type { ChartOption } from '../../../design/Chart';
import { useFormats } from '../../../design/formats';
import { LazyChart } from '../../../design/LazyChart';
import { SERIES, useAppearance } from '../../../design/theme';
import type { Deal, Split } from './deals';
import { basisPointsOf, columnsOf, partOf } from './splits';

const HEIGHT = 340;
const ROW_PIXELS = 46;
const LEGEND_PIXELS = 48;
/** Of labels above bars: the text's colour, since a bar's own is too light to read. */
const LABELS = { light: '#3a444f', dark: '#d5dde5' };

/** All schemes that can share the deal, beside each other: a bar for each member. One's own bar is labelled. */
export function SchemesChart({ deal, splits }: { deal: Deal; splits: Split[] }) {
  const { t } = useTranslation('performance');
  const { personId } = useAccess();
  const formats = useFormats();
  const bilingual = useBilingual();
  const appearance = useAppearance();
  const wide = Grid.useBreakpoint().lg ?? true;
  const offered = useMemo(() => splits.filter((split) => split.offered), [splits]);
  const option = useMemo<ChartOption>(() => {
    const columns = columnsOf(deal, offered, personId);
    const colours = SERIES[appearance];
    const mark = (split: Split) => (split.schemeId === deal.proposedSchemeId ? '★ ' : '');
    const names = offered.map((split) => mark(split) + bilingual(split.displayName));
    const category = {
      type: 'category' as const,
      data: names,
      axisTick: { show: false },
      axisLine: { lineStyle: { opacity: 0.4 } },
      axisLabel: { interval: 0, width: wide ? 76 : 96, overflow: 'break' as const, lineHeight: 15, fontSize: 12 },
      ...(wide ? {} : { inverse: true }),
    };
    const value = {
      type: 'value' as const,
      max: 100,
      axisLabel: { formatter: (percent: number) => `${percent}%` },
      splitLine: { lineStyle: { opacity: 0.25 } },
    };
    return {
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10 },
      grid: { left: 4, right: 16, top: 40, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      xAxis: wide ? category : value,
      yAxis: wide ? value : category,
      tooltip: {
        trigger: 'axis',
        axisPointer: { type: 'shadow', shadowStyle: { opacity: 0.12 } },
        formatter: (shown: { dataIndex: number }[]) => {
          const split = offered[shown[0]?.dataIndex ?? 0];
          if (!split) return '';
          const lines = columns.map((column) => {
            const part = partOf(split, column.personId);
            const amount = part?.amount ? `  ${formats.money(part.amount)}` : '';
            return `${column.displayName}  ${formats.basisPoints(part?.basisPoints ?? 0)}${amount}`;
          });
          return [bilingual(split.displayName), ...lines].join('\n');
        },
      },
      series: columns.map((column, place) => {
        const own = column.personId === personId;
        const alike = own || !columns.some((each) => each.personId === personId);
        return {
          type: 'bar',
          name: own ? t('schemes.meNamed', { name: column.displayName }) : column.displayName,
          barMaxWidth: 26,
          barGap: '12%',
          barCategoryGap: wide ? '34%' : '26%',
          itemStyle: {
            color: colours[place % colours.length],
            opacity: alike ? 1 : 0.72,
            borderRadius: wide ? [3, 3, 0, 0] : [0, 3, 3, 0],
          },
          label: {
            show: own || columns.length <= 2,
            position: wide ? 'top' : 'right',
            fontSize: 11,
            fontWeight: own ? 600 : 400,
            color: LABELS[appearance],
            formatter: ({ value: percent }: { value: number }) => (percent ? `${formats.number(percent, 0)}%` : ''),
          },
          data: offered.map((split) => basisPointsOf(split, column.personId) / 100),
        };
      }),
    };
  }, [deal, offered, personId, appearance, wide, bilingual, formats, t]);
  if (!offered.length) return null;
  return (
    <LazyChart
      option={option}
      height={wide ? HEIGHT : offered.length * ROW_PIXELS + LEGEND_PIXELS}
      label={t('schemes.chart', { count: offered.length })}
    />
  );
}
