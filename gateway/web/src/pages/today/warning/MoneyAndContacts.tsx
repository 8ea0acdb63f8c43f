import type { Schema } from '@rm-workbench/client';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../../api/client';
import { addDays, type Formats, useFormats } from '../../../design/formats';
import { LazyChart } from '../../../design/LazyChart';
import { Loaded } from '../../../design/States';
import { useAppearance } from '../../../design/theme';
import { Nothing, Panel } from '../Panel';

type Warning = Schema<'analytics.v1.Warning'>;
type Chart = Schema<'analytics.v1.CustomerTimeline'>;

/** So many days before the first sign are shown: what it fell from is part of the story. */
const DAYS_BEFORE = 180;
const HEIGHT = 220;

/** The customer's money and the contacts with him on one axis, from half a year before the first sign. */
export function MoneyAndContacts({ warning }: { warning: Warning }) {
  const { t } = useTranslation('today');
  const startDate = addDays(warning.onsetDate || warning.raiseDate, -DAYS_BEFORE);
  const chart = api.useQuery('get', '/v1/customers/{customerId}/timelineChart', {
    params: { path: { customerId: warning.customerId }, query: { startDate } },
  });
  return (
    <Panel
      place={5}
      title={t('warning.money')}
      extra={<Link to={`/customers/${warning.customerId}`}>{t('warning.wholeTimeline')}</Link>}
    >
      <Loaded
        query={chart}
        rows={5}
        isEmpty={(data) => !data.series?.dates.length}
        empty={<Nothing words={t('warning.noMoney')} />}
      >
        {(data) => <Drawn chart={data} warning={warning} />}
      </Loaded>
    </Panel>
  );
}

function Drawn({ chart, warning }: { chart: Chart; warning: Warning }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  const dark = useAppearance() === 'dark';
  const words = useMemo(() => ({ assets: t('warning.assets'), contact: t('warning.contact'), onset: t('warning.onset') }), [t]);
  const option = useMemo(
    () => optionOf(chart, warning, words, formats, dark ? '#eeb04f' : '#b45f06'),
    [chart, warning, words, formats, dark],
  );
  const values = assetsOf(chart);
  const money = (amount: number | undefined) =>
    formats.moneyShort({ currencyCode: chart.currencyCode, amount: String(amount ?? 0) });
  const label = t('warning.moneyLabel', { first: money(values[0]), last: money(values.at(-1)) });
  return (
    <div className="day-money-chart">
      <LazyChart option={option} height={HEIGHT} label={label} />
    </div>
  );
}

/** Deposits, term deposits and wealth products together. */
function assetsOf({ series }: Chart): number[] {
  if (!series) return [];
  return series.dates.map(
    (_, index) => Number(series.deposit[index]) + Number(series.term[index]) + Number(series.wealth[index]),
  );
}

interface Words {
  assets: string;
  contact: string;
  onset: string;
}

function optionOf(chart: Chart, warning: Warning, words: Words, formats: Formats, warn: string) {
  const dates = chart.series?.dates ?? [];
  const values = assetsOf(chart);
  const pointOf = (date: string) => dates.findIndex((each) => each >= date);
  const money = (amount: number) => formats.moneyShort({ currencyCode: chart.currencyCode, amount: String(amount) });
  const contacts = chart.items
    .filter(({ kind, date }) => kind === 'TIMELINE_ITEM_KIND_CONTACT' && pointOf(date) >= 0)
    .map(({ date }) => [dates[pointOf(date)], values[pointOf(date)]]);
  const onset = dates[pointOf(warning.onsetDate || warning.raiseDate)];
  return {
    grid: { left: 8, right: 16, top: 34, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemHeight: 10 },
    tooltip: {
      trigger: 'axis',
      formatter: (shown: { axisValue: string; seriesName: string; value: number | [string, number] }[]) =>
        [
          formats.date(shown[0]?.axisValue),
          ...shown.map(({ seriesName, value }) => (Array.isArray(value) ? seriesName : `${seriesName} ${money(value)}`)),
        ].join('\n'),
    },
    xAxis: { type: 'category', data: dates, boundaryGap: false, axisLabel: { formatter: (date: string) => formats.date(date) } },
    yAxis: {
      type: 'value',
      axisLabel: { formatter: formats.axis },
      splitNumber: 3,
    },
    series: [
      {
        name: words.assets,
        type: 'line',
        data: values,
        showSymbol: false,
        areaStyle: { opacity: 0.12 },
        lineStyle: { width: 2 },
        markLine: onset
          ? {
              symbol: 'none',
              lineStyle: { color: warn, type: 'dashed' },
              label: { formatter: words.onset, color: warn, position: 'end' },
              data: [{ xAxis: onset }],
            }
          : undefined,
      },
      { name: words.contact, type: 'scatter', symbol: 'diamond', symbolSize: 11, data: contacts, z: 5 },
    ],
  };
}
