import type { Schema } from '@rm-workbench/client';
import { useQueries } from '@tanstack/react-query';
import { App, Button, Card, Flex, Table, Tag, Typography } from 'antd';
import { type Key, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ServiceName, useAccess } from '../../access/access';
import { api, client } from '../../api/client';
import { useFormats } from '../../design/formats';
import { Page } from '../../design/Page';
import { EmptyState, Loaded, PartialState } from '../../design/States';
import { useFilters } from '../../design/useFilters';
import { useServiceName } from './names';
import { useAct } from './useAct';
import './administration.css';

type Lag = Schema<'operations.v1.EventLag'>;
type ParkedEvent = Schema<'operations.v1.ParkedEvent'>;

const FRESH_MILLISECONDS = 5_000;
/** An event that waits longer than this is a fault, not a queue. */
const LATE_SECONDS = 30;

interface ServiceLag {
  service: ServiceName;
  lag: Lag | undefined;
  failed: boolean;
}

/** Events on their way between services: how many wait, which were parked. */
export default function EventsPage() {
  const { t } = useTranslation('administration');
  const { services } = useAccess();
  const name = useServiceName();
  const [filters, setFilters] = useFilters({ service: '' });
  const asked = useQueries({
    queries: services.map((service) => ({
      queryKey: ['/v1/operations/eventLag', service],
      queryFn: async () =>
        (await client.GET('/v1/operations/{service}/eventLag', { params: { path: { service } } })).data ?? undefined,
      refetchInterval: FRESH_MILLISECONDS,
      retry: false,
    })),
  });
  const rows = services.map((service, place) => ({ service, lag: asked[place]?.data, failed: Boolean(asked[place]?.error) }));
  const away = rows.filter((row) => row.failed && !row.lag);
  const parked = rows.find(({ lag }) => Number(lag?.parkedEvents ?? 0) > 0)?.service;
  const shown = services.find((service) => service === filters.service) ?? parked ?? services[0];
  return (
    <Page title={t('workbench:nav.events')} note={t('events.note')}>
      {away.length > 0 && (
        <PartialState words={t('events.away', { names: away.map(({ service }) => name(service)).join('、') })} />
      )}
      <Flex vertical gap={16}>
        <Card size="small">
          <LagTable rows={rows} shown={shown} onShow={(service) => setFilters({ service })} />
        </Card>
        {shown && <Parked key={shown} service={shown} />}
      </Flex>
    </Page>
  );
}

interface LagTableProps {
  rows: ServiceLag[];
  shown: ServiceName | undefined;
  onShow: (service: ServiceName) => void;
}

function LagTable({ rows, shown, onShow }: LagTableProps) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const name = useServiceName();
  const count = (value: string | undefined) => (value === undefined ? '—' : formats.number(value));
  return (
    <Table<ServiceLag>
      size="small"
      aria-label={t('events.lag')}
      rowKey="service"
      pagination={false}
      scroll={{ x: 'max-content' }}
      dataSource={rows}
      columns={[
        {
          title: t('service'),
          render: (_, { service }) => (
            <Button type="link" className="cell-link" aria-pressed={service === shown} onClick={() => onShow(service)}>
              {name(service)}
            </Button>
          ),
        },
        { title: t('workbench:field.state'), render: (_, row) => <LagTag row={row} /> },
        { title: t('events.unpublished'), align: 'end', render: (_, { lag }) => count(lag?.unpublishedEvents) },
        {
          title: t('events.oldest'),
          align: 'end',
          render: (_, { lag }) => (lag ? t('events.seconds', { seconds: formats.number(lag.oldestUnpublishedSeconds, 1) }) : '—'),
        },
        { title: t('events.waiting'), align: 'end', render: (_, { lag }) => count(lag?.waitingEvents) },
        { title: t('events.parked'), align: 'end', render: (_, { lag }) => count(lag?.parkedEvents) },
      ]}
    />
  );
}

function LagTag({ row: { lag, failed } }: { row: ServiceLag }) {
  const { t } = useTranslation('administration');
  if (!lag) return failed ? <Tag color="error">{t('events.noAnswer')}</Tag> : <Tag>{t('workbench:state.loading')}</Tag>;
  if (Number(lag.parkedEvents) > 0) return <Tag color="error">{t('events.hasParked')}</Tag>;
  if (lag.oldestUnpublishedSeconds > LATE_SECONDS) return <Tag color="warning">{t('events.behind')}</Tag>;
  return <Tag color="success">{t('events.flowing')}</Tag>;
}

function Parked({ service }: { service: ServiceName }) {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const { modal } = App.useApp();
  const name = useServiceName();
  const [chosen, setChosen] = useState<Key[]>([]);
  const events = api.useQuery(
    'get',
    '/v1/operations/{service}/parkedEvents',
    { params: { path: { service }, query: { pageSize: 200 } } },
    { refetchInterval: FRESH_MILLISECONDS },
  );
  const redriving = useAct(
    (eventIds: string[]) =>
      client.POST('/v1/operations/{service}/parkedEvents:redrive', { params: { path: { service } }, body: { eventIds } }),
    t('events.redriven'),
    '/v1/operations',
  );
  const known = events.data?.parkedEvents ?? [];
  const ids = chosen.map(String).filter((id) => known.some((event) => event.eventId === id));
  const ask = () =>
    modal.confirm({
      title: t('events.redrive'),
      content: t('events.redriveHint'),
      okText: t('events.redrive'),
      cancelText: t('workbench:action.cancel'),
      onOk: () => redriving.mutate(ids, { onSuccess: () => setChosen([]) }),
    });
  const redrives = may('operations.events.redrive');
  return (
    <Card
      size="small"
      title={t('events.parkedOf', { name: name(service) })}
      extra={
        redrives &&
        known.length > 0 && (
          <Button size="small" type="primary" loading={redriving.isPending} onClick={() => void ask()}>
            {ids.length ? t('events.redriveChosen', { count: ids.length }) : t('events.redriveAll')}
          </Button>
        )
      }
    >
      <Loaded query={events} isEmpty={(data) => !data.parkedEvents.length} empty={<EmptyState words={t('events.noneParked')} />}>
        {(data) => <ParkedTable events={data.parkedEvents} {...(redrives ? { chosen, onChoose: setChosen } : {})} />}
      </Loaded>
    </Card>
  );
}

interface ParkedTableProps {
  events: ParkedEvent[];
  chosen?: Key[];
  onChoose?: (keys: Key[]) => void;
}

function ParkedTable({ events, chosen, onChoose }: ParkedTableProps) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  return (
    <Table<ParkedEvent>
      {...(chosen && onChoose ? { rowSelection: { selectedRowKeys: chosen, onChange: onChoose } } : {})}
      size="small"
      aria-label={t('events.parked')}
      rowKey="eventId"
      pagination={events.length > 20 ? { pageSize: 20, size: 'small' } : false}
      scroll={{ x: 'max-content' }}
      dataSource={events}
      columns={[
        { title: t('events.parkTime'), render: (_, event) => formats.instant(event.parkTime) },
        { title: t('events.type'), render: (_, event) => <span className="identifier">{event.type}</span> },
        {
          title: t('events.about'),
          render: (_, event) => (
            <Typography.Text copyable className="identifier">
              {event.aggregateId}
            </Typography.Text>
          ),
        },
        { title: t('events.attempts'), dataIndex: 'attempts', align: 'end' },
        { title: t('events.error'), render: (_, event) => <span className="identifier">{event.error}</span> },
      ]}
    />
  );
}
