import { Card, Table, type TableProps, Typography } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import type { ChartOption } from '../../../design/Chart';
import { addDays, useFormats } from '../../../design/formats';
import { LazyChart } from '../../../design/LazyChart';
import { useNamed } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { useStageName } from '../stages';
import type { Deal, Touch } from './deals';
import { membersFor } from './splits';

const KINDS = ['UNSPECIFIED', 'VISIT', 'CALL', 'MEETING', 'MESSAGE', 'EMAIL', 'LETTER', 'EVENT'];
const LANE_PIXELS = 44;
const FRAME_PIXELS = 70;
/** So many days are left free on both sides of what happened. */
const MARGIN_DAYS = 6;

interface Asked {
  data: { touches: Touch[] } | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** The contacts by which schemes go: who met the customer when, at which stage. */
export function Touches({ deal, query }: { deal: Deal; query: Asked }) {
  const { t } = useTranslation('performance');
  return (
    <Card title={t('touches.title')} extra={<Typography.Text type="secondary">{t('touches.hint')}</Typography.Text>}>
      <Loaded query={query} isEmpty={(data) => !data.touches.length} empty={<EmptyState words={t('touches.none')} />}>
        {({ touches }) => (
          <>
            <TouchLanes deal={deal} touches={touches} />
            <TouchTable touches={touches} />
          </>
        )}
      </Loaded>
    </Card>
  );
}

const kindOf = (touch: Touch) => `CONTACT_KIND_${KINDS[touch.contactKind] ?? 'UNSPECIFIED'}`;

/** A lane for each person, a dot for each contact, as large as it took long; hollow where no scheme counts it. */
function TouchLanes({ deal, touches }: { deal: Deal; touches: Touch[] }) {
  const { t } = useTranslation('performance');
  const { personId } = useAccess();
  const formats = useFormats();
  const named = useNamed();
  const stageName = useStageName();
  const people = useMemo(() => {
    const known = new Map(membersFor(deal, personId).map((member) => [member.personId, member.displayName]));
    for (const touch of touches) if (!known.has(touch.personId)) known.set(touch.personId, touch.displayName);
    return known;
  }, [deal, touches, personId]);
  const option = useMemo<ChartOption>(() => {
    const lanes = [...people.keys()];
    const closed = deal.closeDate;
    const days = [...touches.map((touch) => touch.businessDate), closed].filter(Boolean).sort();
    return {
      grid: { left: 8, right: 24, top: 24, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      xAxis: {
        type: 'time',
        min: addDays(days[0] ?? closed, -MARGIN_DAYS),
        max: addDays(days.at(-1) ?? closed, MARGIN_DAYS),
        splitNumber: 6,
        axisLabel: {
          hideOverlap: true,
          formatter: (instant: number) => formats.date(new Date(instant).toISOString().slice(0, 10)),
        },
        splitLine: { show: true, lineStyle: { opacity: 0.2 } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: lanes.map((id) => people.get(id) ?? ''),
        axisTick: { show: false },
        axisLine: { show: false },
        splitLine: { show: true, lineStyle: { opacity: 0.25 } },
      },
      tooltip: {
        trigger: 'item',
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const touch = touches[dataIndex];
          if (!touch) return '';
          const words = [named(kindOf(touch)), stageName(touch.stageCode), t('touches.minutes', { count: touch.minutes })];
          return `${touch.displayName}  ${formats.date(touch.businessDate)}\n${words.filter(Boolean).join(' · ')}${touch.counted ? '' : `\n${t('touches.notCounted')}`}`;
        },
      },
      series: [
        {
          type: 'scatter',
          name: t('touches.title'),
          symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) =>
            10 + Math.min(16, (touches[dataIndex]?.minutes ?? 0) / 5),
          data: touches.map((touch) => ({
            value: [touch.businessDate, lanes.indexOf(touch.personId)],
            itemStyle: touch.counted ? { opacity: 0.85 } : { opacity: 0.4, borderType: 'dashed', borderWidth: 1 },
          })),
          markLine: {
            symbol: 'none',
            silent: true,
            lineStyle: { type: 'dashed' },
            label: { formatter: t('touches.won'), position: 'start' },
            data: [{ xAxis: closed }],
          },
        },
      ],
    };
  }, [deal.closeDate, touches, people, formats, named, stageName, t]);
  return <LazyChart option={option} height={people.size * LANE_PIXELS + FRAME_PIXELS} label={t('touches.title')} />;
}

function TouchTable({ touches }: { touches: Touch[] }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const named = useNamed();
  const stageName = useStageName();
  const columns: TableProps<Touch>['columns'] = [
    {
      title: t('touches.day'),
      key: 'day',
      render: (_, touch) => <Link to={`/work/${touch.resource}`}>{formats.dateLong(touch.businessDate)}</Link>,
    },
    { title: t('touches.who'), key: 'who', render: (_, touch) => touch.displayName || t('deals.somebody') },
    { title: t('touches.kind'), key: 'kind', render: (_, touch) => named(kindOf(touch)) },
    { title: t('touches.stage'), key: 'stage', render: (_, touch) => stageName(touch.stageCode) },
    {
      title: t('touches.took'),
      key: 'minutes',
      align: 'right',
      render: (_, touch) => t('touches.minutes', { count: touch.minutes }),
    },
    {
      title: t('touches.counts'),
      key: 'counts',
      render: (_, touch) => t(touch.counted ? 'touches.counted' : 'touches.notCounted'),
    },
  ];
  return (
    <Table<Touch>
      size="small"
      aria-label={t('touches.title')}
      rowKey={(touch) => `${touch.resource}-${touch.personId}`}
      columns={columns}
      dataSource={touches}
      pagination={touches.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
      scroll={{ x: 'max-content' }}
    />
  );
}
