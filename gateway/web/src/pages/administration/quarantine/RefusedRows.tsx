import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { EmptyState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { FeedNameField } from '../feeds/FeedNameField';
import { FaultReason } from '../feeds/feedWords';

type Refusal = Schema<'customer.v1.DatasetRefusal'>;

/** Rows of a feed that could not be applied to customers and holdings, or not wholly. */
export function RefusedRows() {
  const { t, i18n } = useTranslation('administration');
  const formats = useFormats();
  const [filters, setFilters] = useFilters({ feed: '' });
  return (
    <Card size="small">
      <Flex wrap gap={8} align="center" className="administration-filters">
        <FeedNameField value={filters.feed} onChange={(feed) => setFilters({ feed })} />
        <Typography.Text type="secondary">{t('refused.hint')}</Typography.Text>
      </Flex>
      {filters.feed ? (
        <KeysetTable<Refusal>
          label={t('quarantine.refused')}
          queryKey={['/v1/datasetRefusals', filters.feed]}
          load={async (pageToken, signal) => {
            const { data } = await client.GET('/v1/datasetRefusals', {
              params: { query: { pageSize: 100, pageToken, feed: filters.feed } },
              signal,
            });
            return { rows: data?.datasetRefusals ?? [], nextPageToken: data?.nextPageToken ?? '' };
          }}
          rowKey={(refusal) => refusal.rowKey}
          columns={[
            { title: t('refused.number'), width: 180, dataIndex: 'rowKey' },
            { title: t('refused.unit'), width: 120, dataIndex: 'unitNumber' },
            { title: t('quarantine.why'), width: 220, render: (_, refusal) => <FaultReason reason={refusal.reason} /> },
            { title: t('quarantine.column'), width: 160, dataIndex: 'field' },
            ...(i18n.language === 'zh' ? [] : [{ title: t('refused.detail'), width: 280, dataIndex: 'description' as const }]),
            { title: t('refused.when'), width: 170, render: (_, refusal) => formats.instant(refusal.refuseTime) },
          ]}
          card={(refusal) => (
            <Card size="small">
              <Flex justify="space-between" gap={8}>
                <span>{refusal.rowKey}</span>
                <Typography.Text type="secondary">{formats.instant(refusal.refuseTime)}</Typography.Text>
              </Flex>
              <FaultReason reason={refusal.reason} /> {refusal.field}
            </Card>
          )}
          empty={<EmptyState words={t('refused.none')} />}
        />
      ) : (
        <EmptyState words={t('refused.choose')} />
      )}
    </Card>
  );
}
