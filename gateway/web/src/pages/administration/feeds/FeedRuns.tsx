import { useQueryClient } from '@tanstack/react-query';
import { Button, Card, Flex, Select, Typography } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, useNamedChoices } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { type Feed, type FeedRun, RunStateTag } from './feedWords';
import { RunDrawer } from './RunDrawer';

const STATES = [
  'FEED_RUN_STATE_QUEUED',
  'FEED_RUN_STATE_RUNNING',
  'FEED_RUN_STATE_PUBLISHED',
  'FEED_RUN_STATE_UNCHANGED',
  'FEED_RUN_STATE_REFUSED',
  'FEED_RUN_STATE_FAILED',
  'FEED_RUN_STATE_CHECKED',
] as const;

/** The runs of a feed, the latest first; one is opened beside them. */
export function FeedRuns({ feed }: { feed: Feed }) {
  const { t } = useTranslation('administration');
  const choices = useNamedChoices();
  const [filters, setFilters] = useFilters({ state: '', run: '' });
  const open = (run: FeedRun) => setFilters({ run: run.runId });
  const columns = useColumns(open);
  const states = STATES.filter((state) => state === filters.state);
  useFollowed(feed);
  return (
    <Card
      size="small"
      title={t('runs.title')}
      extra={
        <Select
          size="small"
          className="filter"
          allowClear
          placeholder={t('workbench:field.state')}
          aria-label={t('workbench:field.state')}
          value={filters.state || null}
          options={choices(STATES)}
          onChange={(state) => setFilters({ state: state ?? '' })}
        />
      }
    >
      <KeysetTable<FeedRun>
        label={t('runs.title')}
        height={360}
        queryKey={['/v1/feedRuns', feed.name, filters.state]}
        load={async (pageToken, signal) => {
          const query = { pageSize: 50, pageToken, feed: feed.name, states };
          const { data } = await client.GET('/v1/feedRuns', { params: { query }, signal });
          return { rows: data?.feedRuns ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(run) => run.runId}
        columns={columns}
        card={(run) => <RunCard run={run} onOpen={open} />}
        empty={<EmptyState words={t('runs.none')} />}
        onOpen={open}
      />
      {filters.run && <RunDrawer runId={filters.run} onClose={() => setFilters({ run: '' })} onOpen={open} />}
    </Card>
  );
}

/** Asks for the runs anew whenever the feed's latest one is another, or got on. */
function useFollowed(feed: Feed) {
  const queries = useQueryClient();
  const latest = `${feed.latestRun?.runId} ${feed.latestRun?.state}`;
  useEffect(() => {
    if (latest && queries.getQueryData(['/v1/feedRuns', feed.name, ''])) void refresh('/v1/feedRuns');
  }, [latest, feed.name, queries]);
}

function useColumns(open: (run: FeedRun) => void) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const count = (value: string) => formats.number(value);
  return [
    {
      title: t('runs.asked'),
      width: 170,
      render: (_: unknown, run: FeedRun) => (
        <Button type="link" className="cell-link" onClick={() => open(run)}>
          {formats.instant(run.createTime)}
        </Button>
      ),
    },
    { title: t('runs.kind'), width: 90, render: (_: unknown, run: FeedRun) => <Named value={run.kind} /> },
    { title: t('workbench:field.state'), width: 110, render: (_: unknown, run: FeedRun) => <RunStateTag state={run.state} /> },
    { title: t('runs.businessDate'), width: 150, render: (_: unknown, run: FeedRun) => <RunDates run={run} /> },
    { title: t('runs.read'), width: 110, align: 'end' as const, render: (_: unknown, run: FeedRun) => count(run.rowsRead) },
    {
      title: t('runs.published'),
      width: 110,
      align: 'end' as const,
      render: (_: unknown, run: FeedRun) => count(run.rowsPublished),
    },
    {
      title: t('runs.quarantined'),
      width: 110,
      align: 'end' as const,
      render: (_: unknown, run: FeedRun) => (
        <Typography.Text {...(Number(run.rowsQuarantined) ? { type: 'danger' as const } : {})}>
          {count(run.rowsQuarantined)}
        </Typography.Text>
      ),
    },
    { title: t('runs.speed'), width: 120, align: 'end' as const, render: (_: unknown, run: FeedRun) => count(run.rowsPerSecond) },
  ];
}

export function RunDates({ run }: { run: FeedRun }) {
  const formats = useFormats();
  const dates = run.businessDate ? [run.businessDate] : run.published.map((each) => each.businessDate);
  const last = dates.at(-1);
  if (!last) return <>—</>;
  return <>{dates.length > 1 ? `${formats.date(dates[0])} – ${formats.date(last)}` : formats.date(last)}</>;
}

function RunCard({ run, onOpen }: { run: FeedRun; onOpen: (run: FeedRun) => void }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  return (
    <Card size="small">
      <Flex justify="space-between" gap={8}>
        <Button type="link" className="cell-link" onClick={() => onOpen(run)}>
          {formats.instant(run.createTime)}
        </Button>
        <RunStateTag state={run.state} />
      </Flex>
      <Typography.Text type="secondary">
        {t('runs.rows', {
          read: formats.number(run.rowsRead),
          published: formats.number(run.rowsPublished),
          quarantined: formats.number(run.rowsQuarantined),
        })}
      </Typography.Text>
    </Card>
  );
}
