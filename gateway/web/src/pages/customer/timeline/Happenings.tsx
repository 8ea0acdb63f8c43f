import { Button, Card, Segmented, Table } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSaid } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import type { CustomerTimeline } from './figures';
import { LANES, type Lane, lookOf, type TimelineItem } from './lanes';
import { MarkIcon } from './MarkLegend';
import { colourOf } from './marks';
import { usePalette } from './usePalette';

const PAGE_ROWS = 12;

/** What the chart's lanes show, as a list: for reading on, for the keyboard and for screen readers. */
export function Happenings({ timeline, onOpen }: { timeline: CustomerTimeline; onOpen: (item: TimelineItem) => void }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const said = useSaid();
  const [lane, setLane] = useState<Lane | 'all'>('all');
  const lanes = useMemo(() => LANES.filter((each) => timeline.items.some((item) => lookOf(item.kind).lane === each)), [timeline]);
  const rows = useMemo(
    () => timeline.items.filter((item) => lane === 'all' || lookOf(item.kind).lane === lane).toReversed(),
    [timeline, lane],
  );
  if (!timeline.items.length) return <EmptyState words={t('timeline.nothingHappened')} />;
  const choices = [
    { value: 'all' as const, label: t('workbench:action.all') },
    ...lanes.map((value) => ({ value, label: t(`timeline.lane.${value}`) })),
  ];
  return (
    <Card
      title={t('timeline.happenings')}
      extra={<Segmented<Lane | 'all'> value={lane} onChange={setLane} options={choices} aria-label={t('timeline.lanes')} />}
      classNames={{ header: 'customer-wrapping-head' }}
    >
      <Table<TimelineItem>
        size="small"
        aria-label={t('timeline.happenings')}
        rowKey={(item) => `${item.kind}${item.resource}${item.code}${item.date}`}
        dataSource={rows}
        pagination={rows.length > PAGE_ROWS ? { pageSize: PAGE_ROWS, showSizeChanger: false, size: 'small' } : false}
        columns={[
          {
            title: t('workbench:field.date'),
            width: 130,
            render: (_, item) => <span className="customer-nowrap">{formats.date(item.date)}</span>,
          },
          { title: t('timeline.kind'), width: 150, responsive: ['sm'], render: (_, item) => <KindWords item={item} /> },
          {
            title: t('timeline.what'),
            render: (_, item) => (
              <Button type="link" className="customer-cell-link" onClick={() => onOpen(item)}>
                {said(item)}
              </Button>
            ),
          },
          { title: t('timeline.who'), width: 110, responsive: ['md'], dataIndex: 'personName' },
          {
            title: t('timeline.until'),
            width: 130,
            responsive: ['lg'],
            render: (_, item) => (item.endDate && item.endDate !== item.date ? formats.date(item.endDate) : ''),
          },
        ]}
      />
    </Card>
  );
}

function KindWords({ item }: { item: TimelineItem }) {
  const palette = usePalette();
  const { lane, mark } = lookOf(item.kind);
  return (
    <span className="customer-nowrap">
      <MarkIcon
        mark={mark}
        colour={colourOf({ item, lane, mark, row: 0, from: 0, to: 0 }, palette)}
        ground={palette.ground}
        thick={lane === 'signal' ? item.severity : 1}
      />
      <Named value={item.kind} />
    </span>
  );
}
