import { Alert, Card, Flex, Progress, Table, Tooltip, Typography } from 'antd';
import type { ColumnType } from 'antd/es/table';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { Amount } from '../../../design/Amount';
import { Named, useNamed } from '../../../design/Named';
import { useRelationshipManagers, useUnitNames } from '../../../design/selects';
import { KINDS, TIERS } from '../customer';
import { type Balances, SUMMED_CUSTOMERS_MAX, type SummedGroup, useBalances } from './balances';
import type { HandOver } from './handOver';

type Receiver = HandOver['receivers'][number];

const GROUPS: SummedGroup[] = ['deposits', 'wealth', 'loans'];

/** Who gets how many customers, with which balances, and what that does to his load. */
export function Receivers({ handOver }: { handOver: HandOver }) {
  const { t } = useTranslation('customers');
  const { may } = useAccess();
  const balances = useBalances(handOver);
  const people = useRelationshipManagers();
  const unitName = useUnitNames();
  const personOf = (id: string) => people.data?.find(({ personId }) => personId === id);
  const loadMax = Math.max(1, ...handOver.receivers.map(({ loadBefore, loadAfter }) => Math.max(loadBefore, loadAfter)));
  const summed = may('customer.holding.read') && handOver.customerCount <= SUMMED_CUSTOMERS_MAX;
  const columns: ColumnType<Receiver>[] = [
    {
      key: 'person',
      title: t('handOver.receiver'),
      width: 200,
      render: (_, { personId }) => (
        <>
          <div>{personOf(personId)?.displayName ?? '—'}</div>
          <Typography.Text type="secondary">{unitName(personOf(personId)?.organisationPath)}</Typography.Text>
        </>
      ),
    },
    {
      key: 'gets',
      title: t('handOver.gets'),
      width: 96,
      align: 'right',
      render: (_, { customerCount }) => <b>{customerCount}</b>,
    },
    {
      key: 'load',
      title: t('handOver.load'),
      width: 220,
      render: (_, { loadBefore, loadAfter }) => <Load before={loadBefore} after={loadAfter} max={loadMax} />,
    },
    ...(summed
      ? GROUPS.map((group) => ({
          key: group,
          title: t(`handOver.balance.${group}`),
          width: 136,
          align: 'right' as const,
          render: (_: unknown, { personId }: Receiver) => <Sums amounts={amountsOf(balances.data, personId, group)} />,
        }))
      : []),
  ];
  return (
    <Card size="small" title={t('handOver.receivers')}>
      <Table<Receiver>
        size="small"
        aria-label={t('handOver.receivers')}
        pagination={false}
        rowKey="personId"
        loading={balances.isLoading}
        dataSource={handOver.receivers}
        columns={columns}
        scroll={{ x: 'max-content' }}
      />
      {may('customer.holding.read') && !summed && (
        <Typography.Text type="secondary">{t('handOver.notSummed', { count: SUMMED_CUSTOMERS_MAX })}</Typography.Text>
      )}
      {balances.error ? <Alert type="warning" showIcon title={t('handOver.balancesMissing')} /> : null}
    </Card>
  );
}

function Load({ before, after, max }: { before: number; after: number; max: number }) {
  const { t } = useTranslation('customers');
  const words = t('handOver.loadFromTo', { before, after });
  return (
    <Tooltip title={words}>
      <Flex gap={8} align="center">
        <Progress
          percent={(after / max) * 100}
          success={{ percent: (Math.min(before, after) / max) * 100 }}
          showInfo={false}
          size="small"
          aria-label={words}
        />
        <span className="amount">
          {before} → {after}
        </span>
      </Flex>
    </Tooltip>
  );
}

function amountsOf(balances: Balances | undefined, personId: string, group: SummedGroup) {
  return balances?.get(personId)?.get(group) ?? [];
}

function Sums({ amounts }: { amounts: ReturnType<typeof amountsOf> }) {
  if (!amounts.length) return <>—</>;
  return (
    <>
      {amounts.map((money) => (
        <div key={money.currencyCode}>
          <Amount money={money} />
        </div>
      ))}
    </>
  );
}

/** Customers that do not move, or did not, and why. */
export function Obstacles({ handOver }: { handOver: HandOver }) {
  const { t } = useTranslation('customers');
  const named = useNamed();
  const byReason = new Map<string, number>();
  for (const { obstacle, customerCount } of handOver.counts) {
    if (named(obstacle)) byReason.set(obstacle, (byReason.get(obstacle) ?? 0) + customerCount);
  }
  if (!byReason.size) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={t('handOver.obstacles')}
      description={[...byReason].map(([obstacle, count]) => (
        <div key={obstacle}>
          {named(obstacle)} {t('handOver.customers', { count })}
        </div>
      ))}
    />
  );
}

interface PortfolioLine {
  kind: string;
  counts: Map<string, number>;
  total: number;
}

/** Its customers by kind and tier. */
export function Portfolio({ handOver }: { handOver: HandOver }) {
  const { t } = useTranslation('customers');
  const named = useNamed();
  const lines: PortfolioLine[] = KINDS.map((kind) => {
    const ofKind = handOver.counts.filter((count) => count.kind === kind);
    const counts = new Map<string, number>();
    for (const { tier, customerCount } of ofKind) counts.set(tier, (counts.get(tier) ?? 0) + customerCount);
    return { kind, counts, total: ofKind.reduce((sum, { customerCount }) => sum + customerCount, 0) };
  }).filter(({ total }) => total > 0);
  const tiers = [...TIERS, 'CUSTOMER_TIER_UNSPECIFIED'].filter((tier) => lines.some(({ counts }) => counts.has(tier)));
  if (!lines.length) return null;
  return (
    <Card size="small" title={t('handOver.portfolio')}>
      <Table<PortfolioLine>
        size="small"
        aria-label={t('handOver.portfolio')}
        pagination={false}
        rowKey="kind"
        dataSource={lines}
        scroll={{ x: 'max-content' }}
        columns={[
          { key: 'kind', title: t('column.kind'), width: 136, render: (_, { kind }) => <Named value={kind} /> },
          ...tiers.map((tier) => ({
            key: tier,
            title: named(tier) || t('handOver.noTier'),
            width: 96,
            align: 'right' as const,
            render: (_: unknown, { counts }: PortfolioLine) => counts.get(tier) ?? 0,
          })),
          { key: 'total', title: t('handOver.total'), width: 96, align: 'right', render: (_, { total }) => <b>{total}</b> },
        ]}
      />
    </Card>
  );
}
