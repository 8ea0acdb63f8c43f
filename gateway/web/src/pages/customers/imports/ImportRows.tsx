import { Card, Flex, Segmented, Tag, Typography } from 'antd';
import type { ColumnType } from 'antd/es/table';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import type { Import, ImportRow } from './import';

const OUTCOMES = [
  ['', 'all'],
  ['IMPORT_OUTCOME_CREATED', 'created'],
  ['IMPORT_OUTCOME_UPDATED', 'updated'],
  ['IMPORT_OUTCOME_UNCHANGED', 'unchanged'],
  ['IMPORT_OUTCOME_REFUSED', 'refused'],
] as const;
type Outcome = Exclude<(typeof OUTCOMES)[number][0], ''>;
const TONES = {
  IMPORT_OUTCOME_CREATED: 'success',
  IMPORT_OUTCOME_UPDATED: 'processing',
  IMPORT_OUTCOME_REFUSED: 'error',
} as const;

/** The rows of the file with what becomes of each, and why. */
export function ImportRows({ made }: { made: Import }) {
  const { t } = useTranslation('customers');
  const formats = useFormats();
  const [filters, change] = useFilters({ outcome: '' });
  const reason = useReasonWords();
  const load = useCallback(
    async (pageToken: string, signal: AbortSignal) => {
      const outcomes = filters.outcome ? [filters.outcome as Outcome] : [];
      const { data } = await client.GET('/v1/imports/{importId}/rows', {
        params: { path: { importId: made.importId }, query: { pageToken, pageSize: 200, outcomes } },
        signal,
      });
      return { rows: data?.rows ?? [], nextPageToken: data?.nextPageToken ?? '' };
    },
    [filters.outcome, made.importId],
  );
  const counts = made.counts;
  const total = counts ? counts.created + counts.updated + counts.unchanged + counts.refused : 0;
  const counted = (name: (typeof OUTCOMES)[number][1]) => (name === 'all' ? total : (counts?.[name] ?? 0));
  const columns: ColumnType<ImportRow>[] = [
    { key: 'line', title: t('imports.line'), width: 72, align: 'right', render: (_, row) => row.line },
    { key: 'outcome', title: t('imports.outcome'), width: 112, render: (_, row) => <Outcome row={row} /> },
    { key: 'column', title: t('imports.heading'), width: 144, ellipsis: true, render: (_, row) => row.column },
    { key: 'reason', title: t('imports.reason'), width: 480, render: (_, row) => reason(row) },
    { key: 'customer', title: t('workbench:field.customer'), width: 112, render: (_, row) => <RowLink row={row} /> },
  ];
  return (
    <Flex vertical gap={12}>
      <Segmented
        className="import-outcomes"
        aria-label={t('imports.outcome')}
        value={filters.outcome}
        onChange={(outcome) => change({ outcome })}
        options={OUTCOMES.map(([value, name]) => ({
          value,
          label: `${t(`imports.count.${name}`)} ${formats.number(counted(name))}`,
        }))}
      />
      <KeysetTable<ImportRow>
        queryKey={['/v1/imports', made.importId, 'rows', filters.outcome, made.state]}
        load={load}
        rowKey={(row) => String(row.line)}
        columns={columns}
        label={t('imports.rows')}
        height={420}
        card={(row) => (
          <Card size="small">
            <Flex vertical gap={4}>
              <span>
                {t('imports.lineOf', { line: row.line })} <Outcome row={row} />
              </span>
              <Typography.Text type="secondary">{[row.column, reason(row)].filter(Boolean).join(' · ')}</Typography.Text>
              <RowLink row={row} />
            </Flex>
          </Card>
        )}
        empty={<EmptyState words={t('imports.noRows')} />}
      />
    </Flex>
  );
}

function Outcome({ row }: { row: ImportRow }) {
  const { t } = useTranslation('customers');
  const tone = TONES[row.outcome as keyof typeof TONES] ?? 'default';
  return (
    <>
      <NamedTag value={row.outcome} tone={tone} />
      {row.undone && <Tag>{t('imports.rowUndone')}</Tag>}
    </>
  );
}

function RowLink({ row }: { row: ImportRow }) {
  const { t } = useTranslation('customers');
  if (!row.customerId || row.undone) return null;
  return <Link to={`/customers/${row.customerId}`}>{t('workbench:action.show')}</Link>;
}

/** Why a row is refused: the reason's words, and in English what would fit. */
function useReasonWords(): (row: ImportRow) => string {
  const { t, i18n } = useTranslation(['customers', 'reasons']);
  return (row) => {
    if (!row.reason) return '';
    if (i18n.language !== 'zh' && row.description) return row.description;
    return t(`reasons:${row.reason}`, { defaultValue: row.description || row.reason });
  };
}
