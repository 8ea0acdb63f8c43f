import type { Schema } from '@rm-workbench/client';
import { Button, Descriptions, Drawer, Flex, Select, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { useAct } from '../useAct';
import { differencesOf, OutcomeTag, type Reconciliation } from './Reconciliations';

type Difference = Schema<'integration.v1.Difference'>;

const BUSY_MILLISECONDS = 2_000;

/** One reconciliation: counts by kind, and every difference. */
export function ReconciliationDrawer({ reconciliationId, onClose }: { reconciliationId: string; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const asked = api.useQuery(
    'get',
    '/v1/reconciliations/{reconciliationId}',
    { params: { path: { reconciliationId } } },
    { refetchInterval: ({ state }) => (state.data && !state.data.endTime ? BUSY_MILLISECONDS : false) },
  );
  return (
    <Drawer
      open
      size={860}
      title={t('reconciliations.one')}
      onClose={onClose}
      extra={<ExportButton reconciliationId={reconciliationId} />}
    >
      <Loaded query={asked}>
        {(known) => (
          <Flex vertical gap={16}>
            <Facts reconciliation={known} />
            {differencesOf(known) > 0 && <Differences reconciliation={known} />}
          </Flex>
        )}
      </Loaded>
    </Drawer>
  );
}

function ExportButton({ reconciliationId }: { reconciliationId: string }) {
  const { t } = useTranslation('administration');
  const exporting = useAct(
    () => client.POST('/v1/reconciliations/{reconciliationId}:export', { params: { path: { reconciliationId } }, body: {} }),
    t('datasets.inTray'),
    '/v1/operations',
  );
  return (
    <Button loading={exporting.isPending} onClick={() => exporting.mutate(undefined)}>
      {t('workbench:action.export')}
    </Button>
  );
}

function Facts({ reconciliation }: { reconciliation: Reconciliation }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2 }}
      items={[
        { key: 'kind', label: t('runs.kind'), children: <Named value={reconciliation.kind} /> },
        { key: 'outcome', label: t('reconciliations.outcome'), children: <OutcomeTag reconciliation={reconciliation} /> },
        {
          key: 'left',
          label: t('reconciliations.left'),
          children: `${reconciliation.leftFeeds.join('，')} · ${formats.number(reconciliation.leftRows)}`,
        },
        {
          key: 'right',
          label: t('reconciliations.right'),
          children: `${reconciliation.rightFeeds.join('，')} · ${formats.number(reconciliation.rightRows)}`,
        },
        { key: 'matched', label: t('reconciliations.matched'), children: formats.number(reconciliation.matchedRows) },
        { key: 'equal', label: t('reconciliations.equal'), children: formats.number(reconciliation.equalRows) },
        { key: 'start', label: t('runs.asked'), children: formats.instant(reconciliation.createTime) },
        { key: 'end', label: t('runs.end'), children: formats.instant(reconciliation.endTime) },
      ]}
    />
  );
}

function Differences({ reconciliation }: { reconciliation: Reconciliation }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const [kind, setKind] = useState('');
  const words = (name: string) => t(`reconciliations.kinds.${name}`, { defaultValue: name });
  const kinds = [...new Set(reconciliation.differenceCounts.map((count) => count.kind))];
  const { reconciliationId } = reconciliation;
  return (
    <>
      <Table
        size="small"
        aria-label={t('reconciliations.counts')}
        rowKey={(count) => `${count.columnName} ${count.kind}`}
        pagination={false}
        dataSource={reconciliation.differenceCounts}
        columns={[
          { title: t('reconciliations.kind'), render: (_, count) => words(count.kind) },
          { title: t('quarantine.column'), render: (_, count) => count.columnName || t('quarantine.wholeRow') },
          { title: t('reconciliations.count'), align: 'end', render: (_, count) => formats.number(count.count) },
        ]}
      />
      <Flex gap={8} align="center">
        <Typography.Text strong>{t('reconciliations.differences')}</Typography.Text>
        <Select
          size="small"
          className="filter"
          allowClear
          placeholder={t('reconciliations.kind')}
          aria-label={t('reconciliations.kind')}
          value={kind || null}
          options={kinds.map((value) => ({ value, label: words(value) }))}
          onChange={(value) => setKind(value ?? '')}
        />
      </Flex>
      <KeysetTable<Difference>
        label={t('reconciliations.differences')}
        height={360}
        queryKey={['/v1/reconciliations', reconciliationId, 'differences', kind]}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/reconciliations/{reconciliationId}/differences', {
            params: { path: { reconciliationId }, query: { pageSize: 200, pageToken, kinds: kind ? [kind] : [] } },
            signal,
          });
          return { rows: data?.differences ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(difference) => difference.number}
        columns={[
          { title: t('reconciliations.key'), dataIndex: 'key', width: 180 },
          { title: t('runs.businessDate'), width: 120, render: (_, difference) => formats.date(difference.businessDate) },
          { title: t('quarantine.column'), dataIndex: 'columnName', width: 150 },
          { title: t('reconciliations.kind'), width: 110, render: (_, difference) => words(difference.kind) },
          { title: t('reconciliations.leftValue'), dataIndex: 'leftValue', width: 130, align: 'end' },
          { title: t('reconciliations.rightValue'), dataIndex: 'rightValue', width: 130, align: 'end' },
        ]}
        card={(difference) => (
          <Flex vertical>
            <span>{difference.key}</span>
            <Typography.Text type="secondary">
              {words(difference.kind)} {difference.columnName} {difference.leftValue} → {difference.rightValue}
            </Typography.Text>
          </Flex>
        )}
        empty={<EmptyState words={t('workbench:state.nothingFound')} />}
      />
    </>
  );
}
