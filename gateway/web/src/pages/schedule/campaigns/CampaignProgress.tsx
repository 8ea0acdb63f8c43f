import { Progress as Bar, Card, Col, Row, Statistic, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { RESULTS } from '../tasks/task';
import type { Campaign, Counts, Progress } from './campaign';

/** How far a campaign is, and what came of it: in all, and for each who has tasks of it. */
export function CampaignProgress({ campaign }: { campaign: Campaign }) {
  const query = api.useQuery(
    'get',
    '/v1/campaigns/{campaignId}/progress',
    { params: { path: { campaignId: campaign.campaignId } } },
    { refetchInterval: campaign.state === 'CAMPAIGN_STATE_LAUNCHING' ? 2_000 : false },
  );
  return (
    <Loaded query={query}>
      {(progress) => (
        <Row gutter={[16, 16]}>
          <Col span={24}>
            <Figures progress={progress} />
          </Col>
          <Col xs={24} lg={9}>
            <Results counts={progress.total} />
          </Col>
          <Col xs={24} lg={15}>
            <People progress={progress} />
          </Col>
        </Row>
      )}
    </Loaded>
  );
}

const percentOf = (part: number, whole: number): number => (whole ? Math.round((part / whole) * 100) : 0);

function Figures({ progress }: { progress: Progress }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const { total } = progress;
  const taskCount = total?.taskCount ?? 0;
  const figures = [
    { key: 'done', title: t('campaigns.done'), value: `${formats.number(total?.doneCount ?? 0)} / ${formats.number(taskCount)}` },
    { key: 'open', title: t('campaigns.open'), value: formats.number(total?.openCount ?? 0) },
    {
      key: 'overdue',
      title: t('campaigns.overdue'),
      value: formats.number(total?.overdueCount ?? 0),
      late: Boolean(total?.overdueCount),
    },
    { key: 'skipped', title: t('campaigns.skipped'), value: formats.number(progress.skippedCount) },
    {
      key: 'target',
      title: t('campaigns.reached'),
      value: progress.targetBasisPoints === undefined ? t('campaigns.noTarget') : formats.basisPoints(progress.targetBasisPoints),
    },
  ];
  return (
    <Card>
      <div className="schedule-figures">
        {figures.map(({ key, title, value, late }) => (
          <Statistic key={key} title={title} value={value} {...(late ? { className: 'schedule-late' } : {})} />
        ))}
      </div>
      <Bar percent={percentOf(total?.doneCount ?? 0, taskCount)} aria-label={t('campaigns.done')} />
    </Card>
  );
}

function Results({ counts }: { counts: Counts | undefined }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const done = counts?.doneCount ?? 0;
  const counted = new Map(counts?.results.map(({ result, count }) => [result as string, count]));
  return (
    <Card title={t('campaigns.results')}>
      {done === 0 ? (
        <Typography.Text type="secondary">{t('campaigns.noResults')}</Typography.Text>
      ) : (
        <ul className="schedule-plain-list">
          {RESULTS.map((result) => {
            const count = counted.get(result) ?? 0;
            return (
              <li key={result} className="result-bar">
                <span>
                  <Named value={result} />
                </span>
                <Bar percent={percentOf(count, done)} format={() => formats.number(count)} aria-label={t('campaigns.results')} />
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}

function People({ progress }: { progress: Progress }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  if (!progress.people.length) return <EmptyState words={t('campaigns.nobody')} />;
  const count = (title: string, of: (counts: Counts) => number) => ({
    title,
    align: 'right' as const,
    render: (_: unknown, { counts }: Progress['people'][number]) => formats.number(counts ? of(counts) : 0),
  });
  return (
    <Card title={t('campaigns.byPerson')}>
      <Table
        aria-label={t('campaigns.byPerson')}
        size="small"
        rowKey="personId"
        pagination={{ pageSize: 20, hideOnSinglePage: true }}
        scroll={{ x: 'max-content' }}
        dataSource={progress.people}
        columns={[
          { title: t('tasks.owner'), dataIndex: 'displayName' },
          count(t('campaigns.tasks'), (counts) => counts.taskCount),
          count(t('campaigns.doneShort'), (counts) => counts.doneCount),
          count(t('campaigns.open'), (counts) => counts.openCount),
          count(t('campaigns.overdue'), (counts) => counts.overdueCount),
          count(t('tasks.onTime'), (counts) => counts.onTimeCount),
        ]}
      />
    </Card>
  );
}
