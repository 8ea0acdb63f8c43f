import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import type { Customer } from '../customer';

type Summary = Schema<'customer.v1.HoldingSummary'>;
type Total = Schema<'customer.v1.HoldingTotal'>;

const MATURITY_DAYS = 90;

/** What the customer has by heading: now, on average, and against the base of the year. */
export function HoldingSummary({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const query = useHoldingSummary(customer.customerId);
  return (
    <Loaded
      query={query}
      rows={3}
      isEmpty={({ totals }) => totals.length === 0}
      empty={
        <Card>
          <EmptyState words={t('holding.none')} />
        </Card>
      }
    >
      {(summary) => (
        <Flex vertical gap={8}>
          <div className="customer-figure-cards">
            {summary.totals.map((total) => (
              <TotalCard key={`${total.group}${total.currencyCode}`} total={total} />
            ))}
          </div>
          <SummaryNote summary={summary} />
        </Flex>
      )}
    </Loaded>
  );
}

export function useHoldingSummary(customerId: string) {
  return api.useQuery('get', '/v1/customers/{customerId}/holdings:summary', {
    params: { path: { customerId }, query: { maturityDays: MATURITY_DAYS } },
  });
}

function TotalCard({ total }: { total: Total }) {
  const { t } = useTranslation('customer');
  const { figures } = total;
  return (
    <Card size="small" className="customer-figure-card">
      <Flex justify="space-between" gap={8}>
        <Typography.Text type="secondary">
          <Named value={total.group} />
          {total.currencyCode !== 'CNY' && ` · ${total.currencyCode}`}
        </Typography.Text>
        <Typography.Text type="secondary">{t('holding.count', { count: total.holdings })}</Typography.Text>
      </Flex>
      <div className="customer-figure">
        <Amount money={figures?.balance} />
      </div>
      <dl className="customer-figure-lines">
        <dt>{t('holding.yearAverage')}</dt>
        <dd>
          <Amount money={figures?.yearAverage} />
        </dd>
        <dt>{t('holding.increment')}</dt>
        <dd>
          <Amount money={figures?.increment} signed />
        </dd>
      </dl>
    </Card>
  );
}

function SummaryNote({ summary }: { summary: Summary }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const baseDate = summary.totals[0]?.figures?.baseDate;
  const overdue = summary.overdueDaysMax > 0;
  return (
    <Flex wrap gap="4px 12px" align="center">
      {overdue && <Tag color="error">{t('holding.overdue', { count: summary.overdueDaysMax })}</Tag>}
      {!['LOAN_CLASS_UNSPECIFIED', 'LOAN_CLASS_NORMAL'].includes(summary.worstLoanClass) && (
        <Tag color="error">
          {t('holding.class')} <Named value={summary.worstLoanClass} />
        </Tag>
      )}
      {summary.maturities.slice(0, 3).map((holding) => (
        <Tag key={holding.holdingId} color="processing" variant="filled">
          {t('holding.dueSoon', { date: formats.date(holding.maturityDate), product: holding.productName || holding.number })}{' '}
          <Amount money={holding.figures?.balance} />
        </Tag>
      ))}
      <Typography.Text type="secondary" className="customer-small">
        {t('workbench:state.asOf', { date: formats.date(summary.businessDate) })}
        {baseDate && ` · ${t('holding.base', { date: formats.date(baseDate) })}`}
      </Typography.Text>
    </Flex>
  );
}
