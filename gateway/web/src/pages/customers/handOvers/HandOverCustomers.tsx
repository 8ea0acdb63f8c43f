import { Card, Flex, Select, Typography } from 'antd';
import type { ColumnType } from 'antd/es/table';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag, useNamed, useNamedChoices } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { useRelationshipManagerNames } from '../../../design/selects';
import { useFilters } from '../../../design/useFilters';
import type { HandOver, HandOverCustomer, Tone } from './handOver';

const STATES = [
  'HAND_OVER_CUSTOMER_STATE_PLANNED',
  'HAND_OVER_CUSTOMER_STATE_HINDERED',
  'HAND_OVER_CUSTOMER_STATE_MOVED',
  'HAND_OVER_CUSTOMER_STATE_SKIPPED',
  'HAND_OVER_CUSTOMER_STATE_RETURNED',
  'HAND_OVER_CUSTOMER_STATE_KEPT',
] as const;
type State = (typeof STATES)[number];
const TONES: Partial<Record<string, Tone>> = {
  HAND_OVER_CUSTOMER_STATE_HINDERED: 'error',
  HAND_OVER_CUSTOMER_STATE_MOVED: 'success',
  HAND_OVER_CUSTOMER_STATE_SKIPPED: 'warning',
};

/** Each customer of a hand-over: from whom, to whom, and what became of it. */
export function HandOverCustomers({ handOver }: { handOver: HandOver }) {
  const { t } = useTranslation('customers');
  const named = useNamed();
  const choices = useNamedChoices();
  const nameOf = useRelationshipManagerNames();
  const [filters, change] = useFilters({ of: '' });
  const load = useCallback(
    async (pageToken: string, signal: AbortSignal) => {
      const states = filters.of ? [filters.of as State] : [];
      const { data } = await client.GET('/v1/handOvers/{handOverId}/customers', {
        params: { path: { handOverId: handOver.handOverId }, query: { pageToken, pageSize: 200, states } },
        signal,
      });
      return { rows: data?.customers ?? [], nextPageToken: data?.nextPageToken ?? '' };
    },
    [handOver.handOverId, filters.of],
  );
  const columns: ColumnType<HandOverCustomer>[] = [
    {
      key: 'name',
      title: t('column.display_name'),
      width: 240,
      ellipsis: true,
      render: (_, customer) => <CustomerName customer={customer} />,
    },
    { key: 'number', title: t('column.customer_number'), width: 136, render: (_, { customerNumber }) => customerNumber },
    { key: 'kind', title: t('column.kind'), width: 104, render: (_, { kind }) => <Named value={kind} /> },
    { key: 'tier', title: t('column.tier'), width: 88, render: (_, { tier }) => <Named value={tier} /> },
    { key: 'from', title: t('handOver.formerLead'), width: 112, render: (_, customer) => nameOf(customer.formerLeadPersonId) },
    { key: 'to', title: t('handOver.receiver'), width: 112, render: (_, customer) => nameOf(customer.leadPersonId) },
    {
      key: 'state',
      title: t('column.state'),
      width: 240,
      render: (_, { state, obstacle }) => (
        <>
          <NamedTag value={state} tone={TONES[state] ?? 'default'} />
          <Typography.Text type="secondary">{named(obstacle)}</Typography.Text>
        </>
      ),
    },
  ];
  return (
    <Card
      size="small"
      title={t('handOver.customerList')}
      extra={
        <Select
          allowClear
          className="filter-choice"
          aria-label={t('column.state')}
          placeholder={t('handOver.anyState')}
          options={choices(STATES)}
          value={filters.of || null}
          onChange={(of) => change({ of: of ?? '' })}
        />
      }
    >
      <KeysetTable<HandOverCustomer>
        queryKey={['/v1/handOvers', handOver.handOverId, 'customers', filters.of, handOver.etag]}
        load={load}
        rowKey={(customer) => customer.customerId}
        columns={columns}
        label={t('handOver.customerList')}
        height={400}
        card={(customer) => (
          <Card size="small">
            <Flex vertical gap={4}>
              <Flex justify="space-between" gap={8}>
                <CustomerName customer={customer} />
                <NamedTag value={customer.state} tone={TONES[customer.state] ?? 'default'} />
              </Flex>
              <Typography.Text type="secondary">
                {nameOf(customer.formerLeadPersonId)} → {nameOf(customer.leadPersonId) || '—'} {named(customer.obstacle)}
              </Typography.Text>
            </Flex>
          </Card>
        )}
        empty={<EmptyState words={t('handOver.noCustomers')} />}
      />
    </Card>
  );
}

function CustomerName({ customer }: { customer: HandOverCustomer }) {
  const { t } = useTranslation('customers');
  if (!customer.customerNumber) return <Typography.Text type="secondary">{t('handOver.outOfReach')}</Typography.Text>;
  return <Link to={`/customers/${customer.customerId}`}>{customer.displayName}</Link>;
}
