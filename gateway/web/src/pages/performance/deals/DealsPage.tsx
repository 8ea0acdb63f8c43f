import { PlusOutlined } from '@ant-design/icons';
import { Button, Card, Flex, Select, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag, useNamedChoices } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { ScopeSelect, useScopePath } from '../../../design/ScopeSelect';
import { EmptyState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { DealForm } from './DealForm';
import { type Deal, type DealState, STATE_TONES, STATES, useDealTitle } from './deals';
import '../performance.css';

const PAGE_SIZE = 50;

/** Deals that a team brought in: one's own, or those of a unit. */
export default function DealsPage() {
  const { t } = useTranslation('performance');
  const { may } = useAccess();
  const choices = useNamedChoices();
  const navigate = useNavigate();
  const [filters, change] = useFilters({ scope: '', state: '' });
  const organisationPath = useScopePath(filters.scope);
  const [creating, setCreating] = useState(false);
  const state = STATES.find((known) => known === filters.state);
  const load = async (pageToken: string, signal: AbortSignal) => {
    const query = {
      pageSize: PAGE_SIZE,
      ...(pageToken ? { pageToken } : {}),
      ...(organisationPath ? { organisationPath } : {}),
      ...(state ? { state } : {}),
    };
    const { data } = await client.GET('/v1/deals', { params: { query }, signal });
    return { rows: data?.deals ?? [], nextPageToken: data?.nextPageToken ?? '' };
  };
  return (
    <Page
      title={t('deals.title')}
      note={t('deals.note')}
      actions={
        may('performance.deal.propose') && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
            {t('deals.create')}
          </Button>
        )
      }
    >
      <Flex wrap gap={8} className="performance-filters">
        <ScopeSelect value={filters.scope} onChange={(scope) => change({ scope })} />
        <Select<DealState | ''>
          aria-label={t('deals.state')}
          className="performance-filter"
          value={state ?? ''}
          options={[{ value: '', label: t('deals.allStates') }, ...choices(STATES)]}
          onChange={(chosen) => change({ state: chosen })}
        />
      </Flex>
      <DealList queryKey={['/v1/deals', 'list', organisationPath, state ?? '']} load={load} />
      {creating && (
        <DealForm onClose={() => setCreating(false)} onSaved={(deal) => navigate(`/performance/deals/${deal.dealId}`)} />
      )}
    </Page>
  );
}

interface ListProps {
  queryKey: readonly unknown[];
  load: (pageToken: string, signal: AbortSignal) => Promise<{ rows: Deal[]; nextPageToken: string }>;
}

function DealList({ queryKey, load }: ListProps) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const title = useDealTitle();
  return (
    <KeysetTable<Deal>
      queryKey={queryKey}
      load={load}
      rowKey={(deal) => deal.dealId}
      label={t('deals.title')}
      empty={<EmptyState words={t('deals.none')} />}
      columns={[
        {
          title: t('deals.deal'),
          key: 'title',
          width: 240,
          render: (_, deal) => <Link to={`/performance/deals/${deal.dealId}`}>{title(deal)}</Link>,
        },
        { title: t('deals.customer'), key: 'customer', width: 220, render: (_, deal) => <CustomerLink deal={deal} /> },
        {
          title: t('deals.amount'),
          key: 'amount',
          width: 130,
          align: 'right',
          render: (_, deal) => <Amount money={deal.amount} />,
        },
        { title: t('deals.team'), key: 'team', width: 220, render: (_, deal) => <Team deal={deal} /> },
        { title: t('deals.state'), key: 'state', width: 170, render: (_, deal) => <StateTags deal={deal} /> },
        { title: t('deals.closed'), key: 'closed', width: 130, render: (_, deal) => formats.date(deal.closeDate) },
      ]}
      card={(deal) => (
        <Card size="small">
          <Flex justify="space-between" gap={8}>
            <Link to={`/performance/deals/${deal.dealId}`}>
              <strong>{title(deal)}</strong>
            </Link>
            <Amount money={deal.amount} />
          </Flex>
          <Flex justify="space-between" align="center" gap={8}>
            <Typography.Text type="secondary">{deal.customerName}</Typography.Text>
            <StateTags deal={deal} />
          </Flex>
          <Team deal={deal} />
        </Card>
      )}
    />
  );
}

function CustomerLink({ deal }: { deal: Deal }) {
  if (!deal.customerId || !deal.customerName) return <>—</>;
  return <Link to={`/customers/${deal.customerId}`}>{deal.customerName}</Link>;
}

function Team({ deal }: { deal: Deal }) {
  const { t } = useTranslation('performance');
  return <>{deal.members.map((member) => member.displayName || t('deals.somebody')).join(t('deals.and'))}</>;
}

/** Where it stands, and whether it waits for the caller. */
function StateTags({ deal }: { deal: Deal }) {
  const { t } = useTranslation('performance');
  const { personId } = useAccess();
  const own = deal.members.find((member) => member.personId === personId);
  const waits = deal.state === 'DEAL_STATE_PROPOSED' && own?.answer === 'MEMBER_ANSWER_UNSPECIFIED';
  return (
    <span>
      <NamedTag value={deal.state} tone={STATE_TONES[deal.state] ?? 'default'} />
      {waits && <Tag color="error">{t('deals.waits')}</Tag>}
    </span>
  );
}
