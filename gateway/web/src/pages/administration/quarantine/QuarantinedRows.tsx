import type { Schema } from '@rm-workbench/client';
import { App, Button, Card, Flex, Segmented, Select, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag, useNamedChoices } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { FeedNameField } from '../feeds/FeedNameField';
import { FaultReason, useFaultReasonChoices } from '../feeds/feedWords';
import { useAct } from '../useAct';
import { RowDrawer } from './RowDrawer';

export type QuarantinedRow = Schema<'integration.v1.QuarantinedRow'>;

const STATES = [
  'QUARANTINED_ROW_STATE_OPEN',
  'QUARANTINED_ROW_STATE_CORRECTED',
  'QUARANTINED_ROW_STATE_REPLAYED',
  'QUARANTINED_ROW_STATE_DISCARDED',
  'QUARANTINED_ROW_STATE_SUPERSEDED',
] as const;

const TONES: Partial<Record<QuarantinedRow['state'], 'warning' | 'processing' | 'success' | 'default'>> = {
  QUARANTINED_ROW_STATE_OPEN: 'warning',
  QUARANTINED_ROW_STATE_CORRECTED: 'processing',
  QUARANTINED_ROW_STATE_REPLAYED: 'success',
};

export function RowStateTag({ state }: { state: QuarantinedRow['state'] }) {
  return <NamedTag value={state} tone={TONES[state] ?? 'default'} />;
}

/** Rows in quarantine, by feed, state and reason. */
export function QuarantinedRows() {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const choices = useNamedChoices();
  const [filters, setFilters] = useFilters({ feed: '', state: 'QUARANTINED_ROW_STATE_OPEN', reason: '', run: '' });
  const [opened, setOpened] = useState<QuarantinedRow>();
  const reasons = useFaultReasonChoices();
  const columns = useColumns(setOpened);
  const states = STATES.filter((state) => state === filters.state);
  return (
    <Card size="small">
      <Flex wrap gap={8} className="administration-filters">
        <Segmented
          value={filters.state}
          aria-label={t('workbench:field.state')}
          options={[...choices(STATES), { value: 'all', label: t('workbench:action.all') }]}
          onChange={(state) => setFilters({ state })}
        />
        <FeedNameField value={filters.feed} onChange={(feed) => setFilters({ feed })} />
        <Select
          className="filter-wide"
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          value={filters.reason || undefined}
          options={reasons}
          placeholder={t('quarantine.why')}
          aria-label={t('quarantine.why')}
          onChange={(reason = '') => setFilters({ reason })}
        />
        {may('integration.quarantine.correct') && filters.feed && <ReplayButton feed={filters.feed} />}
      </Flex>
      <KeysetTable<QuarantinedRow>
        label={t('quarantine.rows')}
        queryKey={['/v1/quarantinedRows', filters.feed, filters.state, filters.reason, filters.run]}
        load={async (pageToken, signal) => {
          const { feed, reason } = filters;
          const query = { pageSize: 100, pageToken, feed, runId: filters.run, reason, states };
          const { data } = await client.GET('/v1/quarantinedRows', { params: { query }, signal });
          return { rows: data?.rows ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(row) => row.rowId}
        columns={columns}
        card={(row) => <RowCard row={row} onOpen={setOpened} />}
        onOpen={setOpened}
        empty={
          <EmptyState
            words={t(filters.state === 'QUARANTINED_ROW_STATE_OPEN' ? 'quarantine.none' : 'workbench:state.nothingFound')}
          />
        }
      />
      {opened && <RowDrawer row={opened} onClose={() => setOpened(undefined)} />}
    </Card>
  );
}

function ReplayButton({ feed }: { feed: string }) {
  const { t } = useTranslation('administration');
  const { modal } = App.useApp();
  const replaying = useAct(
    () => client.POST('/v1/feeds/{feed}:replay', { params: { path: { feed } }, body: {} }),
    t('quarantine.replayAsked'),
    '/v1/quarantinedRows',
    '/v1/feed',
    '/v1/datasets',
  );
  const ask = () =>
    modal.confirm({
      title: t('quarantine.replay'),
      content: t('quarantine.replayHint', { feed }),
      okText: t('quarantine.replay'),
      cancelText: t('workbench:action.cancel'),
      onOk: () => replaying.mutate(undefined),
    });
  return (
    <Button loading={replaying.isPending} onClick={() => void ask()}>
      {t('quarantine.replay')}
    </Button>
  );
}

function useColumns(open: (row: QuarantinedRow) => void) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  return [
    {
      title: t('quarantine.place'),
      width: 230,
      render: (_: unknown, row: QuarantinedRow) => (
        <Button type="link" className="cell-link" onClick={() => open(row)}>
          {t('quarantine.lineOf', { feed: row.feed, line: row.line })}
        </Button>
      ),
    },
    { title: t('runs.businessDate'), width: 120, render: (_: unknown, row: QuarantinedRow) => formats.date(row.businessDate) },
    { title: t('quarantine.why'), width: 220, render: (_: unknown, row: QuarantinedRow) => <FaultReason reason={row.reason} /> },
    {
      title: t('quarantine.column'),
      width: 180,
      render: (_: unknown, row: QuarantinedRow) =>
        row.column ? <Typography.Text code>{row.column}</Typography.Text> : t('quarantine.wholeRow'),
    },
    {
      title: t('workbench:field.state'),
      width: 110,
      render: (_: unknown, row: QuarantinedRow) => <RowStateTag state={row.state} />,
    },
    { title: t('quarantine.came'), width: 170, render: (_: unknown, row: QuarantinedRow) => formats.instant(row.createTime) },
  ];
}

function RowCard({ row, onOpen }: { row: QuarantinedRow; onOpen: (row: QuarantinedRow) => void }) {
  const { t } = useTranslation('administration');
  return (
    <Card size="small">
      <Flex justify="space-between" gap={8}>
        <Button type="link" className="cell-link" onClick={() => onOpen(row)}>
          {t('quarantine.lineOf', { feed: row.feed, line: row.line })}
        </Button>
        <RowStateTag state={row.state} />
      </Flex>
      <FaultReason reason={row.reason} /> {row.column}
    </Card>
  );
}
