import { Badge, Card, Flex, Input, Segmented, Statistic, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Page } from '../../../design/Page';
import { EmptyState, Loaded, PartialState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { useOwnLanguage } from '../names';
import { DatasetName, type Feed, isBad, RunStateTag, TimelinessTag } from './feedWords';
import '../administration.css';

const FRESH_MILLISECONDS = 15_000;
const SHOWN = ['used', 'attention', 'all'] as const;
type Shown = (typeof SHOWN)[number];

/** Feeds: what is late, what came last, what is due next. */
export default function FeedsPage() {
  const { t } = useTranslation('administration');
  const feeds = api.useQuery(
    'get',
    '/v1/feeds',
    { params: { query: { pageSize: 1000 } } },
    { refetchInterval: FRESH_MILLISECONDS },
  );
  return (
    <Page title={t('workbench:nav.feeds')} note={t('feeds.note')}>
      <Loaded query={feeds} rows={8}>
        {(data) => (
          <>
            {data.faults.map((fault) => (
              <PartialState
                key={fault.file}
                words={t('feeds.definitionFault', { file: fault.file, description: fault.description })}
              />
            ))}
            <Counts feeds={data.feeds} />
            <FeedList feeds={data.feeds} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

const isUsed = (feed: Feed) => Boolean(feed.latestRun) || feed.timeliness !== 'FEED_TIMELINESS_NOTHING_DUE';
const needsAttention = (feed: Feed) =>
  feed.timeliness === 'FEED_TIMELINESS_LATE' ||
  isBad(feed.latestRun) ||
  Number(feed.quarantinedRows) > 0 ||
  Boolean(feed.lastFault);

function Counts({ feeds }: { feeds: Feed[] }) {
  const { t } = useTranslation('administration');
  const timely = (timeliness: Feed['timeliness']) => feeds.filter((feed) => feed.timeliness === timeliness).length;
  const rows = feeds.reduce((sum, feed) => sum + Number(feed.quarantinedRows), 0);
  const counts: [string, number, boolean][] = [
    [t('feeds.late'), timely('FEED_TIMELINESS_LATE'), true],
    [t('feeds.badRuns'), feeds.filter((feed) => isBad(feed.latestRun)).length, true],
    [t('feeds.rowsWaiting'), rows, true],
    [t('feeds.awaited'), timely('FEED_TIMELINESS_WAITING'), false],
    [t('feeds.arrived'), timely('FEED_TIMELINESS_ARRIVED'), false],
  ];
  return (
    <div className="counts">
      {counts.map(([title, value, bad]) => (
        <Card key={title} size="small">
          <Statistic
            title={title}
            value={value}
            {...(bad && value > 0 ? { styles: { content: { color: 'var(--falls)', fontWeight: 600 } } } : {})}
          />
        </Card>
      ))}
    </div>
  );
}

function FeedList({ feeds }: { feeds: Feed[] }) {
  const { t } = useTranslation('administration');
  const [filters, setFilters] = useFilters<{ shown: string; text: string }>({ shown: 'used', text: '' });
  const lower = filters.text.toLowerCase();
  const fits: Record<Shown, (feed: Feed) => boolean> = { used: isUsed, attention: needsAttention, all: () => true };
  const shown = SHOWN.find((each) => each === filters.shown) ?? 'used';
  const rows = feeds
    .filter(fits[shown])
    .filter((feed) => `${feed.name} ${feed.title}`.toLowerCase().includes(lower))
    .sort((one, other) => Number(needsAttention(other)) - Number(needsAttention(one)));
  return (
    <Card size="small">
      <Flex wrap gap={8} className="administration-filters">
        <Segmented
          value={shown}
          aria-label={t('feeds.shown')}
          options={SHOWN.map((value) => ({ value, label: `${t(`feeds.show.${value}`)} ${feeds.filter(fits[value]).length}` }))}
          onChange={(value) => setFilters({ shown: value })}
        />
        <Input.Search
          className="filter-wide"
          allowClear
          defaultValue={filters.text}
          placeholder={t('feeds.search')}
          aria-label={t('feeds.search')}
          onChange={({ target }) => setFilters({ text: target.value })}
        />
      </Flex>
      {rows.length ? (
        <FeedTable rows={rows} />
      ) : (
        <EmptyState words={t(shown === 'attention' && !lower ? 'feeds.allWell' : 'workbench:state.nothingFound')} />
      )}
    </Card>
  );
}

function FeedTable({ rows }: { rows: Feed[] }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  return (
    <Table<Feed>
      size="small"
      aria-label={t('workbench:nav.feeds')}
      rowKey="name"
      pagination={false}
      scroll={{ x: 'max-content' }}
      dataSource={rows}
      columns={[
        { title: t('feeds.feed'), render: (_, feed) => <FeedTitle feed={feed} /> },
        { title: t('feeds.timeliness'), render: (_, feed) => <Timeliness feed={feed} /> },
        { title: t('feeds.latest'), render: (_, feed) => formats.date(feed.latestBusinessDate) },
        {
          title: t('feeds.next'),
          render: (_, feed) =>
            feed.nextDueDate ? (
              <Flex vertical>
                <span>{formats.date(feed.nextDueDate)}</span>
                <Typography.Text type="secondary">
                  {t('feeds.until', { time: formats.instant(feed.nextDueTime) })}
                </Typography.Text>
              </Flex>
            ) : (
              '—'
            ),
        },
        {
          title: t('feeds.lastRun'),
          render: (_, feed) =>
            feed.latestRun ? (
              <Flex vertical align="start" gap={2}>
                <RunStateTag state={feed.latestRun.state} />
                <Typography.Text type="secondary">{formats.instant(feed.latestRun.createTime)}</Typography.Text>
              </Flex>
            ) : (
              '—'
            ),
        },
        {
          title: t('feeds.quarantined'),
          align: 'end',
          render: (_, feed) => <Quarantined rows={Number(feed.quarantinedRows)} />,
        },
        { title: t('feeds.source'), render: (_, feed) => <Source feed={feed} /> },
      ]}
    />
  );
}

function FeedTitle({ feed }: { feed: Feed }) {
  const own = useOwnLanguage();
  return (
    <Flex vertical>
      <Link to={`/administration/feeds/${feed.name}`}>{own(feed.title)}</Link>
      <Typography.Text type="secondary" className="identifier">
        {feed.name}
      </Typography.Text>
    </Flex>
  );
}

function Timeliness({ feed }: { feed: Feed }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const late = feed.lateDates;
  return (
    <Flex vertical align="start" gap={2}>
      <TimelinessTag timeliness={feed.timeliness} />
      {late.length > 0 && (
        <Typography.Text type="danger">
          {t('feeds.lateDates', { date: formats.date(late[0]), count: late.length })}
        </Typography.Text>
      )}
      {feed.lastFault && <Typography.Text type="danger">{t('feeds.lookFailed')}</Typography.Text>}
    </Flex>
  );
}

function Quarantined({ rows }: { rows: number }) {
  const formats = useFormats();
  return rows ? <Badge status="warning" text={formats.number(rows)} /> : <>0</>;
}

function Source({ feed }: { feed: Feed }) {
  const { t } = useTranslation('administration');
  return (
    <Flex vertical>
      <span>{t(`feeds.sources.${feed.source}`, { defaultValue: feed.source })}</span>
      <Typography.Text type="secondary">
        <DatasetName dataset={feed.dataset} />
      </Typography.Text>
    </Flex>
  );
}
