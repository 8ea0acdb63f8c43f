import { Card, Table, type TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { NamedTag, useNamed } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import type { Claim, Share } from './claims';

const SOURCES: Record<string, string> = {
  claims: 'shares.ofClaim',
  deals: 'shares.ofDeal',
  creditHandOvers: 'shares.ofHandOver',
  objections: 'shares.ofObjection',
};

/** Whose the object is over time, and what made it so. */
export function ShareHistory({ of }: { of: Claim }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const named = useNamed();
  const shares = api.useQuery('get', '/v1/shares', {
    params: {
      query: {
        objectKind: of.objectKind,
        customerId: of.customerId,
        sourceSystem: of.sourceSystem,
        objectNumber: of.objectNumber,
        pageSize: 200,
      },
    },
  });
  const columns: TableProps<Share>['columns'] = [
    { title: t('touches.who'), key: 'who', render: (_, share) => share.personName || t('deals.somebody') },
    { title: t('explain.share'), key: 'share', align: 'right', render: (_, share) => formats.basisPoints(share.basisPoints) },
    { title: t('claims.from'), key: 'from', render: (_, share) => formats.date(share.startDate) },
    {
      title: t('claims.to'),
      key: 'to',
      render: (_, share) => (share.endDate ? formats.date(share.endDate) : t('claims.open')),
    },
    { title: t('shares.of'), key: 'of', responsive: ['md'], render: (_, share) => named(share.objectKind) },
    {
      title: t('shares.source'),
      key: 'source',
      render: (_, share) => <Source source={share.source} />,
    },
    {
      title: t('deals.state'),
      key: 'state',
      render: (_, share) => (
        <NamedTag value={share.state} tone={share.state === 'SHARE_STATE_APPROVED' ? 'success' : 'processing'} />
      ),
    },
  ];
  return (
    <Card title={t('shares.title')}>
      <Loaded query={shares} rows={3} isEmpty={(data) => !data.shares.length} empty={<EmptyState words={t('shares.none')} />}>
        {(data) => (
          <Table<Share>
            size="small"
            aria-label={t('shares.title')}
            rowKey="shareLineId"
            columns={columns}
            dataSource={data.shares}
            pagination={false}
            scroll={{ x: 'max-content' }}
          />
        )}
      </Loaded>
    </Card>
  );
}

function Source({ source }: { source: string }) {
  const { t } = useTranslation('performance');
  const [kind = '', id = ''] = source.split('/');
  const words = t(SOURCES[kind] ?? 'shares.ofOther');
  if (kind === 'claims' || kind === 'deals') return <Link to={`/performance/${kind}/${id}`}>{words}</Link>;
  if (kind === 'objections') return <Link to={`/performance/claims?objection=${id}`}>{words}</Link>;
  return <>{words}</>;
}
