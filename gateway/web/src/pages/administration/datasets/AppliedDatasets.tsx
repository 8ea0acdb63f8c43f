import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { FeedNameField } from '../feeds/FeedNameField';
import { DatasetName } from '../feeds/feedWords';

type Application = Schema<'customer.v1.DatasetApplication'>;

const TONES: Partial<Record<Application['state'], 'processing' | 'success' | 'error' | 'default'>> = {
  DATASET_APPLICATION_STATE_PENDING: 'processing',
  DATASET_APPLICATION_STATE_APPLYING: 'processing',
  DATASET_APPLICATION_STATE_APPLIED: 'success',
  DATASET_APPLICATION_STATE_FAILED: 'error',
};

/** What became of each revision where customers and holdings are kept. */
export function AppliedDatasets() {
  const { t } = useTranslation('administration');
  const [filters, setFilters] = useFilters({ feed: '' });
  const columns = useColumns();
  return (
    <Card size="small">
      <Flex wrap gap={8} align="center" className="administration-filters">
        <FeedNameField value={filters.feed} onChange={(feed) => setFilters({ feed })} />
        <Typography.Text type="secondary">{t('applied.hint')}</Typography.Text>
      </Flex>
      <KeysetTable<Application>
        label={t('datasets.applied')}
        queryKey={['/v1/datasetApplications', filters.feed]}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/datasetApplications', {
            params: { query: { pageSize: 100, pageToken, feed: filters.feed } },
            signal,
          });
          return { rows: data?.datasetApplications ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(application) => application.applicationId}
        columns={columns}
        card={(application) => <ApplicationCard application={application} />}
        empty={<EmptyState words={t('applied.none')} />}
      />
    </Card>
  );
}

function useColumns() {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  return [
    {
      title: t('datasets.dataset'),
      width: 150,
      render: (_: unknown, each: Application) => <DatasetName dataset={each.dataset} />,
    },
    {
      title: t('feeds.feed'),
      width: 190,
      render: (_: unknown, each: Application) => <span className="identifier">{each.feed}</span>,
    },
    { title: t('runs.businessDate'), width: 130, render: (_: unknown, each: Application) => formats.date(each.businessDate) },
    { title: t('datasets.revision'), width: 80, align: 'end' as const, dataIndex: 'revision' },
    {
      title: t('workbench:field.state'),
      width: 110,
      render: (_: unknown, each: Application) => <NamedTag value={each.state} tone={TONES[each.state] ?? 'default'} />,
    },
    {
      title: t('datasets.rows'),
      width: 90,
      align: 'end' as const,
      render: (_: unknown, each: Application) => formats.number(each.rows),
    },
    { title: t('applied.counts'), width: 240, render: (_: unknown, each: Application) => <Counts application={each} /> },
    { title: t('applied.end'), width: 170, render: (_: unknown, each: Application) => formats.instant(each.endTime) },
  ];
}

function Counts({ application }: { application: Application }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const counts = Object.entries(application.counts).map(
    ([name, count]) => `${t(`applied.count.${name}`, { defaultValue: name })} ${formats.number(String(count))}`,
  );
  return <>{counts.join(' · ') || t('applied.noChange')}</>;
}

function ApplicationCard({ application }: { application: Application }) {
  const formats = useFormats();
  return (
    <Card size="small">
      <Flex justify="space-between" gap={8}>
        <span>
          <DatasetName dataset={application.dataset} /> {formats.date(application.businessDate)}
        </span>
        <NamedTag value={application.state} tone={TONES[application.state] ?? 'default'} />
      </Flex>
      <Typography.Text type="secondary">
        <Counts application={application} />
      </Typography.Text>
    </Card>
  );
}
