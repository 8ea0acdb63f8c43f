import type { Schema } from '@rm-workbench/client';
import { Button, Card, Flex, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { DatasetName } from '../feeds/feedWords';
import { NewReconciliation } from './NewReconciliation';
import { ReconciliationDrawer } from './ReconciliationDrawer';

export type Reconciliation = Schema<'integration.v1.Reconciliation'>;

/** Facts that should agree, held against one another: balances with transactions, one system with another. */
export function Reconciliations() {
  const { t } = useTranslation('administration');
  const [filters, setFilters] = useFilters({ reconciliation: '' });
  const [adding, setAdding] = useState(false);
  const open = (each: { reconciliationId: string }) => setFilters({ reconciliation: each.reconciliationId });
  const columns = useColumns(open);
  return (
    <Card size="small">
      <Flex wrap gap={8} align="center" justify="space-between" className="administration-filters">
        <Typography.Text type="secondary">{t('reconciliations.hint')}</Typography.Text>
        <Button onClick={() => setAdding(true)}>{t('reconciliations.add')}</Button>
      </Flex>
      <KeysetTable<Reconciliation>
        label={t('datasets.reconciliations')}
        queryKey={['/v1/reconciliations']}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/reconciliations', { params: { query: { pageSize: 50, pageToken } }, signal });
          return { rows: data?.reconciliations ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(each) => each.reconciliationId}
        columns={columns}
        card={(each) => <ReconciliationCard reconciliation={each} onOpen={open} />}
        onOpen={open}
        empty={<EmptyState words={t('reconciliations.none')} />}
      />
      {adding && (
        <NewReconciliation onClose={() => setAdding(false)} onBegun={(reconciliationId) => open({ reconciliationId })} />
      )}
      {filters.reconciliation && (
        <ReconciliationDrawer reconciliationId={filters.reconciliation} onClose={() => setFilters({ reconciliation: '' })} />
      )}
    </Card>
  );
}

export function differencesOf(reconciliation: Reconciliation): number {
  return reconciliation.differenceCounts.reduce((sum, each) => sum + Number(each.count), 0);
}

export function OutcomeTag({ reconciliation }: { reconciliation: Reconciliation }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  if (!reconciliation.endTime) return <Tag color="processing">{t('reconciliations.open')}</Tag>;
  const count = differencesOf(reconciliation);
  if (!count) return <Tag color="success">{t('reconciliations.agrees')}</Tag>;
  return <Tag color="warning">{t('reconciliations.differs', { count, number: formats.number(count) })}</Tag>;
}

function useColumns(open: (each: Reconciliation) => void) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  return [
    {
      title: t('runs.asked'),
      width: 170,
      render: (_: unknown, each: Reconciliation) => (
        <Button type="link" className="cell-link" onClick={() => open(each)}>
          {formats.instant(each.createTime)}
        </Button>
      ),
    },
    { title: t('runs.kind'), width: 110, render: (_: unknown, each: Reconciliation) => <Named value={each.kind} /> },
    {
      title: t('datasets.dataset'),
      width: 130,
      render: (_: unknown, each: Reconciliation) => <DatasetName dataset={each.dataset} />,
    },
    { title: t('reconciliations.left'), width: 200, render: (_: unknown, each: Reconciliation) => each.leftFeeds.join('，') },
    { title: t('reconciliations.right'), width: 200, render: (_: unknown, each: Reconciliation) => each.rightFeeds.join('，') },
    {
      title: t('reconciliations.equal'),
      width: 160,
      align: 'end' as const,
      render: (_: unknown, each: Reconciliation) => `${formats.number(each.equalRows)} / ${formats.number(each.matchedRows)}`,
    },
    {
      title: t('reconciliations.outcome'),
      width: 150,
      render: (_: unknown, each: Reconciliation) => <OutcomeTag reconciliation={each} />,
    },
  ];
}

function ReconciliationCard({
  reconciliation,
  onOpen,
}: {
  reconciliation: Reconciliation;
  onOpen: (each: Reconciliation) => void;
}) {
  const formats = useFormats();
  return (
    <Card size="small">
      <Flex justify="space-between" gap={8}>
        <Button type="link" className="cell-link" onClick={() => onOpen(reconciliation)}>
          <Named value={reconciliation.kind} /> {formats.instant(reconciliation.createTime)}
        </Button>
        <OutcomeTag reconciliation={reconciliation} />
      </Flex>
      <Typography.Text type="secondary">{[...reconciliation.leftFeeds, ...reconciliation.rightFeeds].join('，')}</Typography.Text>
    </Card>
  );
}
