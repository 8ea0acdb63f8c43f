import { Button, Card, DatePicker, Flex, Switch, Tag, Typography } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { EmptyState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { FeedNameField } from '../feeds/FeedNameField';
import { DatasetName } from '../feeds/feedWords';
import { type Dataset, useBytes } from './datasetParts';

/** Every revision, also those that a correction replaced. */
export function DatasetRevisions({ onOpen }: { onOpen: (dataset: Dataset) => void }) {
  const { t } = useTranslation('administration');
  const [filters, setFilters] = useFilters({ feed: '', from: '', to: '', only: '' });
  const columns = useColumns(onOpen);
  const dates = [filters.from, filters.to].map((date) => (date ? dayjs(date) : null)) as [dayjs.Dayjs | null, dayjs.Dayjs | null];
  return (
    <Card size="small">
      <Flex wrap gap={8} align="center" className="administration-filters">
        <FeedNameField value={filters.feed} onChange={(feed) => setFilters({ feed })} />
        <DatePicker.RangePicker
          aria-label={t('runs.businessDate')}
          allowEmpty={[true, true]}
          value={dates}
          onChange={(chosen) =>
            setFilters({ from: chosen?.[0]?.format('YYYY-MM-DD') ?? '', to: chosen?.[1]?.format('YYYY-MM-DD') ?? '' })
          }
        />
        <Switch
          id="only-current"
          size="small"
          checked={filters.only === 'yes'}
          onChange={(only) => setFilters({ only: only ? 'yes' : '' })}
        />
        <label htmlFor="only-current">{t('datasets.onlyCurrent')}</label>
      </Flex>
      <KeysetTable<Dataset>
        label={t('datasets.revisions')}
        queryKey={['/v1/datasets', filters.feed, filters.from, filters.to, filters.only]}
        load={async (pageToken, signal) => {
          const query = {
            pageSize: 100,
            pageToken,
            'filter.feed': filters.feed,
            'filter.startDate': filters.from,
            'filter.endDate': filters.to,
            'filter.currentOnly': filters.only === 'yes',
          };
          const { data } = await client.GET('/v1/datasets', { params: { query }, signal });
          return { rows: data?.datasets ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(dataset) => dataset.datasetId}
        columns={columns}
        card={(dataset) => <DatasetCard dataset={dataset} onOpen={onOpen} />}
        onOpen={onOpen}
        empty={<EmptyState words={t('workbench:state.nothingFound')} />}
      />
    </Card>
  );
}

export function StandingTag({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('administration');
  if (dataset.removeTime) return <Tag>{t('datasets.removed')}</Tag>;
  return dataset.current ? <Tag color="success">{t('datasets.stands')}</Tag> : <Tag>{t('datasets.replaced')}</Tag>;
}

function useColumns(open: (dataset: Dataset) => void) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const bytes = useBytes();
  return [
    {
      title: t('datasets.dataset'),
      width: 160,
      render: (_: unknown, dataset: Dataset) => (
        <Button type="link" className="cell-link" onClick={() => open(dataset)}>
          <DatasetName dataset={dataset.dataset} />
        </Button>
      ),
    },
    {
      title: t('feeds.feed'),
      width: 200,
      render: (_: unknown, dataset: Dataset) => <span className="identifier">{dataset.feed}</span>,
    },
    { title: t('runs.businessDate'), width: 130, render: (_: unknown, dataset: Dataset) => formats.date(dataset.businessDate) },
    { title: t('datasets.revision'), dataIndex: 'revision', width: 90, align: 'end' as const },
    { title: t('datasets.standing'), width: 110, render: (_: unknown, dataset: Dataset) => <StandingTag dataset={dataset} /> },
    {
      title: t('datasets.rows'),
      width: 110,
      align: 'end' as const,
      render: (_: unknown, dataset: Dataset) => formats.number(dataset.rows),
    },
    {
      title: t('datasets.size'),
      width: 110,
      align: 'end' as const,
      render: (_: unknown, dataset: Dataset) => bytes(dataset.sizeBytes),
    },
    {
      title: t('datasets.publishTime'),
      width: 170,
      render: (_: unknown, dataset: Dataset) => formats.instant(dataset.publishTime),
    },
  ];
}

function DatasetCard({ dataset, onOpen }: { dataset: Dataset; onOpen: (dataset: Dataset) => void }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  return (
    <Card size="small">
      <Flex justify="space-between" gap={8}>
        <Button type="link" className="cell-link" onClick={() => onOpen(dataset)}>
          <DatasetName dataset={dataset.dataset} /> {formats.date(dataset.businessDate)}
        </Button>
        <StandingTag dataset={dataset} />
      </Flex>
      <Flex justify="space-between" gap={8}>
        <span className="identifier">{dataset.feed}</span>
        <Typography.Text type="secondary">
          {t('datasets.rowCount', { count: Number(dataset.rows), number: formats.number(dataset.rows) })}
        </Typography.Text>
      </Flex>
    </Card>
  );
}
