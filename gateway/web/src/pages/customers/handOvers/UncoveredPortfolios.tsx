import { Alert, Button, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { dateOf } from './handOver';

/** Leavers who still lead customers, with the way to hand these over. */
export function UncoveredPortfolios() {
  const { t } = useTranslation('customers');
  const formats = useFormats();
  const { data } = api.useQuery('get', '/v1/uncoveredPortfolios', { params: { query: { pageSize: 100 } } });
  if (!data?.uncoveredPortfolios.length) return null;
  return (
    <Alert
      className="partial"
      type="warning"
      showIcon
      title={t('handOver.uncovered')}
      description={
        <Flex vertical gap={8}>
          {data.uncoveredPortfolios.map((portfolio) => {
            const receivers = portfolio.suggestedReceivers.slice(0, 3);
            return (
              <Flex key={portfolio.personId} wrap gap={12} align="center" justify="space-between">
                <span>
                  {t('handOver.uncoveredLine', {
                    name: `${portfolio.displayName} ${portfolio.staffNumber}`,
                    count: portfolio.customerCount,
                  })}
                  {dateOf(portfolio.leftDate) && ` · ${t('handOver.left', { date: formats.date(dateOf(portfolio.leftDate)) })}`}
                </span>
                <Link
                  to={`/customers/hand-overs/new?from=${portfolio.personId}&to=${receivers.map(({ personId }) => personId).join(',')}`}
                >
                  <Button size="small">{t('handOver.button')}</Button>
                </Link>
              </Flex>
            );
          })}
        </Flex>
      }
    />
  );
}
