import { SwapOutlined } from '@ant-design/icons';
import { Button, Card, Flex, Select, Typography } from 'antd';
import type { ColumnType } from 'antd/es/table';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag, useNamedChoices } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { EmptyState } from '../../../design/States';
import { useRelationshipManagerNames } from '../../../design/selects';
import { useFilters } from '../../../design/useFilters';
import '../customers.css';
import { dateOf, type HandOver, toneOf } from './handOver';
import { UncoveredPortfolios } from './UncoveredPortfolios';

const STATES = [
  'HAND_OVER_STATE_PLANNED',
  'HAND_OVER_STATE_PROPOSED',
  'HAND_OVER_STATE_EXECUTED',
  'HAND_OVER_STATE_REJECTED',
  'HAND_OVER_STATE_WITHDRAWN',
  'HAND_OVER_STATE_EXPIRED',
  'HAND_OVER_STATE_RETURNED',
] as const;
type State = (typeof STATES)[number];

/** Hand-overs that one gave, received, planned or is in charge of; and leavers whose customers wait for one. */
export default function HandOverListPage() {
  const { t } = useTranslation('customers');
  const navigate = useNavigate();
  const { may } = useAccess();
  const choices = useNamedChoices();
  const [filters, change] = useFilters({ state: '' });
  const columns = useHandOverColumns();
  const load = useCallback(
    async (pageToken: string, signal: AbortSignal) => {
      const states = filters.state ? [filters.state as State] : [];
      const { data } = await client.GET('/v1/handOvers', { params: { query: { pageToken, pageSize: 100, states } }, signal });
      return { rows: data?.handOvers ?? [], nextPageToken: data?.nextPageToken ?? '' };
    },
    [filters.state],
  );
  const plans = may('customer.coverage.transfer');
  return (
    <Page
      title={t('handOver.title')}
      actions={
        plans && (
          <Link to="/customers/hand-overs/new">
            <Button type="primary" icon={<SwapOutlined />}>
              {t('handOver.new')}
            </Button>
          </Link>
        )
      }
    >
      {plans && <UncoveredPortfolios />}
      <Flex className="list-tools">
        <Select
          allowClear
          className="filter-choice"
          aria-label={t('column.state')}
          placeholder={t('handOver.anyState')}
          options={choices(STATES)}
          value={filters.state || null}
          onChange={(state) => change({ state: state ?? '' })}
        />
      </Flex>
      <KeysetTable<HandOver>
        queryKey={['/v1/handOvers', 'list', filters.state]}
        load={load}
        rowKey={(handOver) => handOver.handOverId}
        columns={columns}
        label={t('handOver.title')}
        onOpen={(handOver) => void navigate(`/customers/hand-overs/${handOver.handOverId}`)}
        card={(handOver) => <HandOverCard handOver={handOver} />}
        empty={<EmptyState words={t(plans ? 'handOver.nonePlans' : 'handOver.none')} />}
      />
    </Page>
  );
}

function useSource(): (handOver: HandOver) => string {
  const { t } = useTranslation('customers');
  const nameOf = useRelationshipManagerNames();
  return ({ fromPersonId, customerCount }) => {
    if (!fromPersonId) return t('handOver.ofNamed', { count: customerCount });
    const name = nameOf(fromPersonId) || t('handOver.leaver');
    return t('handOver.ofPortfolio', { name, count: customerCount });
  };
}

function useHandOverColumns(): ColumnType<HandOver>[] {
  const { t } = useTranslation('customers');
  const formats = useFormats();
  const source = useSource();
  return [
    {
      key: 'source',
      title: t('handOver.what'),
      width: 280,
      ellipsis: true,
      render: (_, handOver) => <Link to={`/customers/hand-overs/${handOver.handOverId}`}>{source(handOver)}</Link>,
    },
    {
      key: 'state',
      title: t('column.state'),
      width: 112,
      render: (_, { state }) => <NamedTag value={state} tone={toneOf(state)} />,
    },
    { key: 'rule', title: t('handOver.rule'), width: 136, render: (_, { rule }) => <Named value={rule} /> },
    { key: 'reason', title: t('workbench:field.reason'), width: 240, ellipsis: true, render: (_, { reason }) => reason },
    {
      key: 'return',
      title: t('handOver.returns'),
      width: 120,
      render: (_, { returnDate }) => (dateOf(returnDate) ? formats.date(dateOf(returnDate)) : t('handOver.forGood')),
    },
    { key: 'time', title: t('handOver.planned'), width: 176, render: (_, { createTime }) => formats.instant(createTime) },
  ];
}

function HandOverCard({ handOver }: { handOver: HandOver }) {
  const formats = useFormats();
  const source = useSource();
  return (
    <Card size="small">
      <Flex vertical gap={4}>
        <Flex justify="space-between" gap={8}>
          <Link to={`/customers/hand-overs/${handOver.handOverId}`}>{source(handOver)}</Link>
          <NamedTag value={handOver.state} tone={toneOf(handOver.state)} />
        </Flex>
        <Typography.Text type="secondary">{handOver.reason}</Typography.Text>
        <Typography.Text type="secondary">{formats.instant(handOver.createTime)}</Typography.Text>
      </Flex>
    </Card>
  );
}
