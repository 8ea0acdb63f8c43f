import { Alert, Card, Flex, Grid, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { useSaid } from '../../../design/bilingual';
import { addDays, type Language, useFormats } from '../../../design/formats';
import { LazyChart } from '../../../design/LazyChart';
import { useNamed } from '../../../design/Named';
import { EmptyState, Loaded, PartialState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import type { Customer } from '../customer';
import type { Said } from './axisWords';
import { type CustomerTimeline, figuresOf } from './figures';
import { Happenings } from './Happenings';
import { ItemDetails } from './ItemDetails';
import { type PlacedItem, place, type TimelineItem } from './lanes';
import { MarkLegend } from './MarkLegend';
import { heightOf, timelineOption } from './timelineOption';
import { usePalette } from './usePalette';

const RANGES = ['3m', '6m', '1y', '2y', 'all'] as const;
type Range = (typeof RANGES)[number];
const RANGE_DAYS: Record<Range, number> = { '3m': 91, '6m': 182, '1y': 365, '2y': 731, all: 3_652 };
/** So far ahead one sees what is planned and what falls due. */
const AHEAD_DAYS = 184;
/** How much of what is ahead stands beside each range at first. */
const AHEAD_SHARE = 0.14;

const today = () => new Date().toISOString().slice(0, 10);

/** What the customer had, what moved, who spoke with whom and which signs were seen, on one axis. */
export function TimelineTab({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const [{ range: asked }, change] = useFilters({ range: '1y' });
  const range: Range = RANGES.find((each) => each === asked) ?? '1y';
  const whole = range === 'all';
  const query = api.useQuery('get', '/v1/customers/{customerId}/timelineChart', {
    params: {
      path: { customerId: customer.customerId },
      query: {
        startDate: addDays(today(), whole ? AHEAD_DAYS - RANGE_DAYS.all : -RANGE_DAYS['2y']),
        endDate: addDays(today(), AHEAD_DAYS),
        // Two years of days are few enough to be there at once: one zooms without waiting.
        ...(whole ? {} : { resolution: 'TIMELINE_RESOLUTION_DAY' as const }),
      },
    },
  });
  const choice = (
    <Segmented
      value={range}
      aria-label={t('timeline.range')}
      options={RANGES.map((value) => ({ value, label: t(`timeline.ranges.${value}`) }))}
      onChange={(value) => change({ range: value })}
    />
  );
  return (
    <Loaded query={query} rows={12}>
      {(timeline) => <Timeline timeline={timeline} range={range} choice={choice} />}
    </Loaded>
  );
}

function Timeline({ timeline, range, choice }: { timeline: CustomerTimeline; range: Range; choice: React.ReactNode }) {
  const { t } = useTranslation('customer');
  const [opened, setOpened] = useState<TimelineItem>();
  if (!timeline.asOfDate && !timeline.items.length) return <EmptyState words={t('timeline.notYet')} />;
  return (
    <Flex vertical gap={16}>
      <Card
        title={t('timeline.title')}
        extra={choice}
        className="timeline-card"
        classNames={{ header: 'customer-wrapping-head' }}
      >
        <Flex vertical gap={10}>
          <Notices timeline={timeline} />
          <TimelineChart timeline={timeline} range={range} onOpen={setOpened} />
          <MarkLegend items={timeline.items} />
        </Flex>
      </Card>
      <Happenings timeline={timeline} onOpen={setOpened} />
      <ItemDetails item={opened} asOfDate={timeline.asOfDate} onClose={() => setOpened(undefined)} />
    </Flex>
  );
}

function Notices({ timeline }: { timeline: CustomerTimeline }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  return (
    <>
      {timeline.thin && <Alert type="info" showIcon title={t('timeline.thin', { days: formats.number(timeline.historyDays) })} />}
      {timeline.gaps.length > 0 && (
        <PartialState
          words={t('timeline.gaps', {
            gaps: timeline.gaps
              .map(
                (gap) => `${formats.date(gap.startDate)} – ${formats.date(gap.endDate)} ${t(`timeline.dataset.${gap.dataset}`)}`,
              )
              .join(t('listSeparator')),
          })}
        />
      )}
      {timeline.itemsLeftOut && <Alert type="info" showIcon title={t('timeline.leftOut')} />}
    </>
  );
}

function TimelineChart({
  timeline,
  range,
  onOpen,
}: {
  timeline: CustomerTimeline;
  range: Range;
  onOpen: (item: TimelineItem) => void;
}) {
  const { t, i18n } = useTranslation('customer');
  const formats = useFormats();
  const said = useTimelineWords(timeline);
  const palette = usePalette();
  const narrow = !(Grid.useBreakpoint().md ?? true);
  const language = i18n.language as Language;
  const figures = useMemo(() => figuresOf(timeline), [timeline]);
  const placed = useMemo(() => place(timeline.items, timeline.asOfDate || timeline.endDate), [timeline]);
  const option = useMemo(() => {
    const window = windowOf(timeline, range, figures?.dates[0]);
    return timelineOption({ timeline, figures, placed, window, narrow, formats, language, said, palette });
  }, [timeline, range, figures, placed, narrow, formats, language, said, palette]);
  return (
    <LazyChart
      option={option}
      height={heightOf(placed)}
      label={t('timeline.chartLabel')}
      onClick={({ data }) => {
        const each = (data as { each?: PlacedItem } | undefined)?.each;
        if (each) onOpen(each.item);
      }}
    />
  );
}

function windowOf(timeline: CustomerTimeline, range: Range, firstDate: string | undefined): { from: string; to: string } {
  const last = timeline.asOfDate || today();
  if (range === 'all') return { from: firstDate ?? timeline.startDate, to: timeline.endDate };
  const days = RANGE_DAYS[range];
  return { from: addDays(last, -days), to: addDays(last, Math.min(AHEAD_DAYS, Math.round(days * AHEAD_SHARE))) };
}

function useTimelineWords(timeline: CustomerTimeline): Said {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const named = useNamed();
  const item = useSaid();
  return useMemo(
    () => ({
      item,
      kind: (each) => named(each.kind),
      dates: (each) =>
        each.endDate && each.endDate !== each.date
          ? `${formats.date(each.date)} – ${formats.date(each.endDate)}`
          : formats.date(each.date),
      balance: (name) => t(`timeline.balance.${name}`),
      lane: (lane) => t(`timeline.lane.${lane}`),
      balances: t('timeline.balances'),
      flows: t('timeline.flows'),
      inflow: t('timeline.inflow'),
      outflow: t('timeline.outflow'),
      salary: t('timeline.salary'),
      settlement: t('timeline.settlement'),
      ownTransfer: t('timeline.ownTransfer'),
      assets: t('timeline.assets'),
      asOf: t('workbench:state.asOf', { date: formats.date(timeline.asOfDate) }),
      nothingKnown: t('timeline.nothingKnown'),
    }),
    [t, formats, named, item, timeline.asOfDate],
  );
}
