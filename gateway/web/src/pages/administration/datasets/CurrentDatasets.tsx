import { Button, Card, DatePicker, Flex, Table, Typography } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { daysBetween, useFormats } from '../../../design/formats';
import { EmptyState, Loaded } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { DatasetName } from '../feeds/feedWords';
import { type Dataset, useBytes } from './datasetParts';

/** What a run for a date stands on: of each feed the latest revision up to that date. */
export function CurrentDatasets({ onOpen }: { onOpen: (dataset: Dataset) => void }) {
  const { t } = useTranslation('administration');
  const [filters, setFilters] = useFilters({ date: dayjs().format('YYYY-MM-DD') });
  const current = api.useQuery(
    'get',
    '/v1/datasets:current',
    { params: { query: { businessDate: filters.date } } },
    { refetchInterval: 30_000 },
  );
  return (
    <Card size="small">
      <Flex wrap gap={8} align="center" className="administration-filters">
        <label htmlFor="as-of">{t('datasets.asOf')}</label>
        <DatePicker
          id="as-of"
          allowClear={false}
          value={dayjs(filters.date)}
          onChange={(date) => setFilters({ date: date?.format('YYYY-MM-DD') ?? '' })}
        />
      </Flex>
      <Loaded
        query={current}
        rows={8}
        isEmpty={(data) => !data.datasets.length}
        empty={<EmptyState words={t('datasets.none')} />}
      >
        {(data) => <CurrentTable datasets={data.datasets} asOf={filters.date} onOpen={onOpen} />}
      </Loaded>
    </Card>
  );
}

interface TableProps {
  datasets: Dataset[];
  asOf: string;
  onOpen: (dataset: Dataset) => void;
}

function CurrentTable({ datasets, asOf, onOpen }: TableProps) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const bytes = useBytes();
  return (
    <Table<Dataset>
      size="small"
      aria-label={t('datasets.current')}
      rowKey="datasetId"
      pagination={false}
      scroll={{ x: 'max-content' }}
      dataSource={datasets}
      columns={[
        {
          title: t('datasets.dataset'),
          render: (_, dataset) => (
            <Flex vertical align="start">
              <Button type="link" className="cell-link" onClick={() => onOpen(dataset)}>
                <DatasetName dataset={dataset.dataset} />
              </Button>
              <Typography.Text type="secondary" className="identifier">
                {dataset.feed}
              </Typography.Text>
            </Flex>
          ),
        },
        {
          title: t('runs.businessDate'),
          render: (_, dataset) => (
            <Flex vertical>
              <span>{formats.date(dataset.businessDate)}</span>
              <Typography.Text type="secondary">
                {t('datasets.age', { count: daysBetween(dataset.businessDate, asOf) })}
              </Typography.Text>
            </Flex>
          ),
        },
        { title: t('datasets.revision'), dataIndex: 'revision', align: 'end' },
        { title: t('datasets.rows'), align: 'end', render: (_, dataset) => formats.number(dataset.rows) },
        { title: t('datasets.size'), align: 'end', render: (_, dataset) => bytes(dataset.sizeBytes) },
        { title: t('datasets.publishTime'), render: (_, dataset) => formats.instant(dataset.publishTime) },
      ]}
    />
  );
}
