import type { Schema } from '@rm-workbench/client';
import { Button, Card, Flex, Segmented, Table, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { Named, NamedTag } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import type { Customer } from '../customer';
import { HoldingSummary } from '../overview/HoldingSummary';
import { HoldingDetails } from './HoldingDetails';

export type Holding = Schema<'customer.v1.Holding'>;

const OVER = new Set(['HOLDING_STATE_CLOSED', 'HOLDING_STATE_SETTLED', 'HOLDING_STATE_UNPAID']);
const TROUBLE = new Set(['HOLDING_STATE_FROZEN', 'HOLDING_STATE_OVERDUE', 'HOLDING_STATE_UNPAID']);
const HOLDINGS_MAX = 500;

/** Accounts, loans, cards, bills and contracts, each with its figures and its history. */
export function HoldingsTab({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const [shown, setShown] = useState<'present' | 'all'>('present');
  const [opened, setOpened] = useState<Holding>();
  const query = api.useQuery('get', '/v1/customers/{customerId}/holdings', {
    params: { path: { customerId: customer.customerId }, query: { pageSize: HOLDINGS_MAX, shared: true } },
  });
  return (
    <Flex vertical gap={16}>
      <HoldingSummary customer={customer} />
      <Card
        title={t('holding.list')}
        classNames={{ header: 'customer-wrapping-head' }}
        extra={
          <Segmented<'present' | 'all'>
            value={shown}
            onChange={setShown}
            aria-label={t('holding.which')}
            options={[
              { value: 'present', label: t('holding.present') },
              { value: 'all', label: t('holding.withEnded') },
            ]}
          />
        }
      >
        <Loaded query={query} isEmpty={({ holdings }) => holdings.length === 0} empty={<EmptyState words={t('holding.none')} />}>
          {({ holdings }) => (
            <HoldingTable
              holdings={holdings.filter((holding) => shown === 'all' || !OVER.has(holding.state))}
              customerId={customer.customerId}
              onOpen={setOpened}
            />
          )}
        </Loaded>
      </Card>
      <HoldingDetails holding={opened} onClose={() => setOpened(undefined)} />
    </Flex>
  );
}

function HoldingTable({
  holdings,
  customerId,
  onOpen,
}: {
  holdings: Holding[];
  customerId: string;
  onOpen: (holding: Holding) => void;
}) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  return (
    <Table<Holding>
      size="small"
      aria-label={t('holding.list')}
      rowKey="holdingId"
      dataSource={holdings}
      pagination={holdings.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
      scroll={{ x: 'max-content' }}
      columns={[
        {
          title: t('holding.product'),
          render: (_, holding) => (
            <Flex vertical>
              <Button type="link" className="customer-cell-link" onClick={() => onOpen(holding)}>
                {holding.productName || <Named value={holding.kind} /> || holding.number}
              </Button>
              <Typography.Text type="secondary" className="customer-small customer-digits">
                {holding.number}
              </Typography.Text>
            </Flex>
          ),
        },
        {
          title: t('holding.kind'),
          responsive: ['md'],
          render: (_, holding) => (
            <Flex gap={4} wrap>
              <Named value={holding.kind} />
              {holding.customerId !== customerId && <Tag>{t('holding.shared')}</Tag>}
            </Flex>
          ),
        },
        {
          title: t('holding.balance'),
          align: 'right',
          render: (_, holding) => <Amount exact money={holding.figures?.balance} />,
        },
        {
          title: t('holding.yearAverage'),
          align: 'right',
          responsive: ['md'],
          render: (_, holding) => <Amount money={holding.figures?.yearAverage} />,
        },
        {
          title: t('holding.increment'),
          align: 'right',
          responsive: ['lg'],
          render: (_, holding) => <Amount signed money={holding.figures?.increment} />,
        },
        {
          title: t('holding.rate'),
          align: 'right',
          responsive: ['lg'],
          render: (_, holding) => (holding.interestRatePercent ? `${holding.interestRatePercent}%` : ''),
        },
        {
          title: t('holding.maturity'),
          responsive: ['sm'],
          render: (_, holding) =>
            holding.maturityDate ? <span className="customer-nowrap">{formats.date(holding.maturityDate)}</span> : '',
        },
        {
          title: t('workbench:field.state'),
          responsive: ['md'],
          render: (_, holding) => <NamedTag value={holding.state} tone={TROUBLE.has(holding.state) ? 'error' : 'default'} />,
        },
      ]}
    />
  );
}
