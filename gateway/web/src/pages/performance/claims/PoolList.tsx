import { Button, Card, Checkbox, Flex, Progress, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { ScopeSelect, useScopePath } from '../../../design/ScopeSelect';
import { EmptyState } from '../../../design/States';
import { useRelationshipManagerNames, useUnitNames } from '../../../design/selects';
import type { Claimed } from './ClaimForm';
import type { ListProps } from './ClaimList';
import { type PoolItem, WHOLE_BASIS_POINTS } from './claims';

const PAGE_SIZE = 100;
const WHOLLY = 'wholly';

/** Customers of whom nobody has all: what is left of them is the pool's. */
export function PoolList({ filters, change, onClaim }: ListProps & { onClaim?: (claimed: Claimed) => void }) {
  const { t } = useTranslation('performance');
  const unitName = useUnitNames();
  const managerName = useRelationshipManagerNames();
  const organisationPath = useScopePath(filters.scope);
  const wholly = filters.state === WHOLLY;
  const load = async (pageToken: string, signal: AbortSignal) => {
    const query = {
      pageSize: PAGE_SIZE,
      wholly,
      ...(pageToken ? { pageToken } : {}),
      ...(organisationPath ? { organisationPath } : {}),
    };
    const { data } = await client.GET('/v1/pool', { params: { query }, signal });
    return { rows: data?.poolItems ?? [], nextPageToken: data?.nextPageToken ?? '' };
  };
  const claimButton = (item: PoolItem) =>
    onClaim &&
    freeOf(item) > 0 && (
      <Button
        size="small"
        onClick={() => onClaim({ customerId: item.customerId, customerName: item.customerName, free: freeOf(item) })}
      >
        {t('claims.claim')}
      </Button>
    );
  return (
    <>
      <Flex wrap gap={16} align="center" className="performance-filters">
        <ScopeSelect value={filters.scope} onChange={(scope) => change({ scope })} />
        <Checkbox checked={wholly} onChange={(event) => change({ state: event.target.checked ? WHOLLY : '' })}>
          {t('claims.wholly')}
        </Checkbox>
      </Flex>
      <KeysetTable<PoolItem>
        queryKey={['/v1/pool', organisationPath, wholly]}
        load={load}
        rowKey={(item) => item.customerId}
        label={t('claims.tab.pool')}
        empty={<EmptyState words={t('claims.noPool')} />}
        columns={[
          { title: t('deals.customer'), key: 'customer', width: 260, render: (_, item) => <CustomerCell item={item} /> },
          { title: t('claims.number'), dataIndex: 'customerNumber', width: 150 },
          { title: t('claims.claimed'), key: 'claimed', width: 240, render: (_, item) => <ClaimedBar item={item} /> },
          { title: t('claims.lead'), key: 'lead', width: 140, render: (_, item) => managerName(item.leadPersonId) || '—' },
          { title: t('claims.unit'), key: 'unit', width: 200, render: (_, item) => unitName(item.organisationPath) },
          { title: t('schemes.action'), key: 'action', width: 100, render: (_, item) => claimButton(item) },
        ]}
        card={(item) => (
          <Card size="small">
            <Flex justify="space-between" align="center" gap={8}>
              <CustomerCell item={item} />
              {claimButton(item)}
            </Flex>
            <ClaimedBar item={item} />
          </Card>
        )}
      />
    </>
  );
}

function freeOf(item: PoolItem): number {
  return WHOLE_BASIS_POINTS - item.claimedBasisPoints - item.pendingBasisPoints;
}

function CustomerCell({ item }: { item: PoolItem }) {
  const { t } = useTranslation('performance');
  if (!item.customerName) return <>{t('claims.hiddenCustomer')}</>;
  return <Link to={`/customers/${item.customerId}`}>{item.customerName}</Link>;
}

/** How much of it counts for somebody, and how much waits. */
function ClaimedBar({ item }: { item: PoolItem }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const claimed = item.claimedBasisPoints / 100;
  const pending = item.pendingBasisPoints / 100;
  const words = [
    t('claims.counts', { share: formats.basisPoints(item.claimedBasisPoints) }),
    ...(pending ? [t('claims.pending', { share: formats.basisPoints(item.pendingBasisPoints) })] : []),
  ];
  return (
    <Flex vertical>
      <Progress aria-hidden percent={claimed + pending} success={{ percent: claimed }} showInfo={false} size={{ height: 6 }} />
      <Typography.Text type="secondary">{words.join(' · ')}</Typography.Text>
    </Flex>
  );
}
