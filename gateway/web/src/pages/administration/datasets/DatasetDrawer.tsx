import type { Schema } from '@rm-workbench/client';
import { Descriptions, Drawer, Flex, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { EmptyState, Loaded } from '../../../design/States';
import { CheckName, DatasetName } from '../feeds/feedWords';
import { StandingTag } from './DatasetRevisions';
import { type Dataset, useBytes } from './datasetParts';

type Comparison = Schema<'integration.v1.FeedComparison'>;

/** One revision: what it is, its sums, and what its run compared; amounts are for business posts alone. */
export function DatasetDrawer({ datasetId, onClose }: { datasetId: string; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const dataset = api.useQuery('get', '/v1/datasets/{datasetId}', { params: { path: { datasetId } } });
  return (
    <Drawer open size={680} title={t('datasets.one')} onClose={onClose}>
      <Loaded query={dataset}>
        {(known) => (
          <Flex vertical gap={16}>
            <Facts dataset={known} />
            {may('integration.totals.read') && <Totals datasetId={datasetId} />}
            {may('integration.totals.read') && known.runId && <Comparisons runId={known.runId} />}
          </Flex>
        )}
      </Loaded>
    </Drawer>
  );
}

function Facts({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const formats = useFormats();
  const bytes = useBytes();
  const run = `/administration/feeds/${dataset.feed}?run=${dataset.runId}`;
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2 }}
      items={[
        { key: 'dataset', label: t('datasets.dataset'), children: <DatasetName dataset={dataset.dataset} /> },
        {
          key: 'feed',
          label: t('feeds.feed'),
          children: may('integration.feed.read') ? <Link to={run}>{dataset.feed}</Link> : dataset.feed,
        },
        { key: 'date', label: t('runs.businessDate'), children: formats.date(dataset.businessDate) },
        { key: 'revision', label: t('datasets.revision'), children: dataset.revision },
        { key: 'standing', label: t('datasets.standing'), children: <StandingTag dataset={dataset} /> },
        { key: 'rows', label: t('datasets.rows'), children: formats.number(dataset.rows) },
        {
          key: 'size',
          label: t('datasets.size'),
          children: `${bytes(dataset.sizeBytes)} · ${t('datasets.parts', { count: dataset.partCount })}`,
        },
        { key: 'time', label: t('datasets.publishTime'), children: formats.instant(dataset.publishTime) },
        {
          key: 'id',
          label: t('datasets.id'),
          span: 'filled',
          children: (
            <Typography.Text copyable className="identifier">
              {dataset.datasetId}
            </Typography.Text>
          ),
        },
      ]}
    />
  );
}

/** Minor units as an amount: whole numbers of any length, never made a float. */
function useMinorUnits(): (minorUnits: string, currencyCode: string) => string {
  const formats = useFormats();
  return (minorUnits, currencyCode) => {
    if (currencyCode.includes(',') || !/^-?\d+$/.test(minorUnits)) return minorUnits;
    const digits = minorUnits.replace('-', '').padStart(3, '0');
    const amount = `${minorUnits.startsWith('-') ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
    return formats.money({ amount, currencyCode });
  };
}

function Totals({ datasetId }: { datasetId: string }) {
  const { t } = useTranslation('administration');
  const money = useMinorUnits();
  const totals = api.useQuery('get', '/v1/datasets/{datasetId}/totals', { params: { path: { datasetId } } });
  return (
    <section>
      <Typography.Title level={2} className="section-title">
        {t('datasets.totals')}
      </Typography.Title>
      <Loaded query={totals} isEmpty={(data) => !data.totals.length} empty={<EmptyState words={t('datasets.noTotals')} />}>
        {(data) => (
          <Table
            size="small"
            aria-label={t('datasets.totals')}
            rowKey={(total) => `${total.column} ${total.currencyCode}`}
            pagination={false}
            dataSource={data.totals}
            columns={[
              { title: t('quarantine.column'), dataIndex: 'column' },
              { title: t('datasets.currency'), dataIndex: 'currencyCode', width: 80 },
              {
                title: t('datasets.sum'),
                align: 'end',
                render: (_, total) => (total.currencyCode ? money(total.minorUnits, total.currencyCode) : total.minorUnits),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

function Comparisons({ runId }: { runId: string }) {
  const { t } = useTranslation('administration');
  const money = useMinorUnits();
  const compared = api.useQuery('get', '/v1/feedRuns/{runId}/comparisons', { params: { path: { runId } } });
  return (
    <section>
      <Typography.Title level={2} className="section-title">
        {t('datasets.comparisons')}
      </Typography.Title>
      <Loaded
        query={compared}
        isEmpty={(data) => !data.comparisons.length}
        empty={<EmptyState words={t('datasets.noComparisons')} />}
      >
        {(data) => (
          <Table<Comparison>
            size="small"
            aria-label={t('datasets.comparisons')}
            rowKey={(comparison) => data.comparisons.indexOf(comparison)}
            pagination={data.comparisons.length > 20 ? { pageSize: 20, size: 'small' } : false}
            scroll={{ x: 'max-content' }}
            dataSource={data.comparisons}
            columns={[
              { title: t('runs.checked'), render: (_, comparison) => <CheckName check={comparison.check} /> },
              { title: t('datasets.subject'), dataIndex: 'subject' },
              { title: t('workbench:field.unit'), dataIndex: 'unitNumber' },
              {
                title: t('datasets.stated'),
                align: 'end',
                render: (_, { statedMinorUnits, currencyCode }) => money(statedMinorUnits, currencyCode),
              },
              {
                title: t('datasets.found'),
                align: 'end',
                render: (_, { foundMinorUnits, currencyCode }) => money(foundMinorUnits, currencyCode),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}
