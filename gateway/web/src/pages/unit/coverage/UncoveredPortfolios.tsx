import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { Card, Flex, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { EmptyState, Loaded } from '../../../design/States';
import { useUnitNames } from '../../../design/selects';
import { everything } from '../everything';

type Portfolio = Schema<'customer.v1.UncoveredPortfolio'>;

export function useUncovered(unit: string) {
  return useQuery({
    queryKey: ['/v1/uncoveredPortfolios'],
    queryFn: () =>
      everything(
        (pageToken) => client.GET('/v1/uncoveredPortfolios', { params: { query: { pageSize: 1000, pageToken } } }),
        (page) => page.uncoveredPortfolios,
      ),
    select: (portfolios) => portfolios.filter((portfolio) => portfolio.organisationPath.startsWith(unit)),
  });
}

/** Customers whose relationship manager left, with colleagues to whom they could go. */
export function UncoveredPortfolios({ unit }: { unit: string }) {
  const { t } = useTranslation('unit');
  const uncovered = useUncovered(unit);
  return (
    <Loaded query={uncovered} isEmpty={(rows) => rows.length === 0} empty={<EmptyState words={t('coverage.nobodyUncovered')} />}>
      {(rows) => (
        <ul className="cards" aria-label={t('coverage.uncovered')}>
          {rows.map((portfolio) => (
            <li key={portfolio.personId}>
              <PortfolioCard portfolio={portfolio} />
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

function PortfolioCard({ portfolio }: { portfolio: Portfolio }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const unitName = useUnitNames();
  return (
    <Card
      size="small"
      title={`${portfolio.displayName} ${portfolio.staffNumber}`}
      extra={<Link to={`/customers/hand-overs/new?from=${portfolio.personId}`}>{t('coverage.handOver')}</Link>}
    >
      <Flex wrap gap="4px 24px">
        <span>{unitName(portfolio.organisationPath)}</span>
        <span>
          {portfolio.leftDate ? t('coverage.leftOn', { date: formats.date(portfolio.leftDate) }) : t('coverage.shutOut')}
        </span>
        <strong>{t('departures.customers', { count: portfolio.customerCount })}</strong>
      </Flex>
      <Flex wrap gap={8} align="center" className="unit-card-foot">
        <span>{t('coverage.suggested')}</span>
        {portfolio.suggestedReceivers.length === 0 && <span>{t('coverage.noSuggestion')}</span>}
        {portfolio.suggestedReceivers.map((receiver) => (
          <Tag key={receiver.personId}>
            {t('coverage.receiver', { name: receiver.displayName, count: receiver.customerCount })}
          </Tag>
        ))}
      </Flex>
    </Card>
  );
}
