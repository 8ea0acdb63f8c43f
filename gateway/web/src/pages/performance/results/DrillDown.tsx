import { Breadcrumb, Button, Card, Flex, Segmented, Select, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNamed, useNamedChoices } from '../../../design/Named';
import { useProductName } from '../../../design/products';
import { Loaded } from '../../../design/States';
import { AccountDays } from './AccountDays';
import { accountWords } from './accounts';
import { type By, type Part, useCustomerName, useExplanation } from './explaining';
import { NONE, type ResultFilters, type Subject } from './filters';
import { MEASURES, type Measure } from './measures';
import { PartsTable } from './PartsTable';

interface Props {
  subject: Subject;
  filters: ResultFilters;
  change: (changed: Partial<ResultFilters>) => void;
}

/** Of what the chosen figure is made, level by level, down to the days of an account. */
export function DrillDown({ subject, filters, change }: Props) {
  const { t } = useTranslation('performance');
  const named = useNamed();
  const choices = useNamedChoices();
  const possible = waysOf(subject, filters);
  const by = possible.find((way) => way === filters.by) ?? possible[0] ?? 'EXPLAIN_BY_PRODUCT';
  const parts = useExplanation(subject, filters, by);
  const open = (part: Part) => change(stepInto(by, part));
  return (
    <Card
      className="results-drill"
      title={t('explain.title')}
      extra={
        <Select<Measure>
          aria-label={t('explain.measure')}
          className="explain-measure"
          value={subject.measure}
          options={choices(MEASURES)}
          onChange={(measure) => change({ measure })}
        />
      }
    >
      <Flex wrap justify="space-between" align="center" gap="8px 16px" className="explain-head">
        <Path subject={subject} filters={filters} change={change} />
        {possible.length > 1 && (
          <Segmented<By>
            aria-label={t('explain.by')}
            value={by}
            options={possible.map((way) => ({ value: way, label: t('explain.byWay', { way: wayName(way, subject, named, t) }) }))}
            onChange={(way) => change({ by: way })}
          />
        )}
      </Flex>
      <Loaded query={parts} rows={6}>
        {(pages) =>
          by === 'EXPLAIN_BY_ACCOUNT_DAY' ? (
            <AccountDays pages={pages.pages} measure={subject.measure} />
          ) : (
            <PartsTable by={by} subject={subject} pages={pages.pages} onOpen={open} />
          )
        }
      </Loaded>
      {parts.hasNextPage && (
        <Flex justify="center" className="explain-more">
          <Button loading={parts.isFetchingNextPage} onClick={() => void parts.fetchNextPage()}>
            {t('explain.more')}
          </Button>
        </Flex>
      )}
    </Card>
  );
}

function wayName(way: By, subject: Subject, named: (value: string) => string, t: (key: string) => string): string {
  if (way !== 'EXPLAIN_BY_PERIOD') return named(way);
  return subject.period === 'PERIOD_KIND_MONTH' ? t('explain.day') : t('explain.month');
}

/** By what the level can be shown: by whatever is not chosen yet. */
function waysOf({ period }: Subject, { product, customer, account }: ResultFilters): By[] {
  if (account) return ['EXPLAIN_BY_ACCOUNT_DAY'];
  const ways: By[] = [];
  if (!product) ways.push('EXPLAIN_BY_PRODUCT');
  if (!customer) ways.push('EXPLAIN_BY_CUSTOMER');
  ways.push('EXPLAIN_BY_ACCOUNT');
  if (period !== 'PERIOD_KIND_DAY') ways.push('EXPLAIN_BY_PERIOD');
  // A product is first taken apart by customer, a customer by account.
  return customer ? ways.sort((one) => (one === 'EXPLAIN_BY_ACCOUNT' ? -1 : 0)) : ways;
}

function stepInto(by: By, part: Part): Partial<ResultFilters> {
  switch (by) {
    case 'EXPLAIN_BY_PRODUCT':
      return { product: part.productCode || NONE, by: '' };
    case 'EXPLAIN_BY_CUSTOMER':
      return { customer: part.customerNumber || NONE, by: '' };
    case 'EXPLAIN_BY_ACCOUNT':
      return { account: part.account, product: part.productCode || NONE, customer: part.customerNumber || NONE, by: '' };
    default:
      return { day: part.startDate, period: part.startDate.endsWith('-01') ? 'PERIOD_KIND_MONTH' : 'PERIOD_KIND_DAY', by: '' };
  }
}

function Path({ subject, filters, change }: Props) {
  const { t } = useTranslation('performance');
  const productName = useProductName();
  const customerName = useCustomerName(subject, filters.customer);
  const { product, customer, account } = filters;
  const steps = [{ key: 'all', label: t('explain.all'), leads: { product: '', customer: '', account: '', by: '' } }];
  if (product) {
    const label = product === NONE ? t('explain.noProduct') : productName(product);
    steps.push({ key: 'product', label, leads: { product, customer: '', account: '', by: '' } });
  }
  if (customer) {
    const label = customer === NONE ? t('explain.noCustomer') : customerName;
    steps.push({ key: 'customer', label, leads: { product, customer, account: '', by: '' } });
  }
  if (account) {
    const words = accountWords(account, t);
    steps.push({ key: 'account', label: words.number, leads: { product, customer, account, by: '' } });
  }
  return (
    <Breadcrumb
      aria-label={t('explain.path')}
      items={steps.map(({ key, label, leads }, place) => ({
        key,
        title:
          place === steps.length - 1 ? (
            <Typography.Text strong>{label}</Typography.Text>
          ) : (
            <Button type="link" size="small" onClick={() => change(leads)}>
              {label}
            </Button>
          ),
      }))}
    />
  );
}
