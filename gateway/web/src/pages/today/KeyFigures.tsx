import type { Schema } from '@rm-workbench/client';
import { Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { api } from '../../api/client';
import { Amount } from '../../design/Amount';
import { useFormats } from '../../design/formats';
import { PartialState } from '../../design/States';
import { Text } from '../../design/Text';

type Figures = Schema<'performance.v1.Figures'>;
type Measure = 'balance' | 'averageBalance' | 'increment' | 'contribution';

const MEASURES: Measure[] = ['balance', 'averageBalance', 'increment', 'contribution'];

/** The month so far against the last one up to the same day: one's own, or the unit's for whoever leads one. */
export function KeyFigures() {
  const { t } = useTranslation('today');
  const { leads, scopePath } = useAccess();
  const query = leads ? { organisationPath: scopePath } : {};
  const figures = api.useQuery('get', '/v1/figures', { params: { query: { period: 'PERIOD_KIND_MONTH', ...query } } });
  if (figures.error && !figures.data) {
    return <PartialState words={t('figures.missing')} onRetry={() => void figures.refetch()} />;
  }
  return (
    <section className="day-figures" aria-label={t(leads ? 'figures.unit' : 'figures.mine')}>
      {MEASURES.map((measure) => (
        <Figure key={measure} measure={measure} figures={figures.data} />
      ))}
      <Foot figures={figures.data} />
    </section>
  );
}

function Figure({ measure, figures }: { measure: Measure; figures: Figures | undefined }) {
  const { t } = useTranslation('today');
  const { leads } = useAccess();
  const before = figures?.total?.comparisons.find(({ kind }) => kind === 'COMPARISON_KIND_PERIOD_BEFORE');
  return (
    <Link to={leads ? '/unit/results' : '/performance/results'} className="day-figure">
      <span className="day-figure-name">{t(`figures.${measure}`)}</span>
      <span className="day-figure-amount">{figures ? <Amount money={figures.total?.amounts?.[measure]} /> : '—'}</span>
      <span className="day-figure-change">
        {before?.change ? (
          <>
            {t('figures.before')} <Amount money={before.change[measure]} signed />
          </>
        ) : (
          '　'
        )}
      </span>
    </Link>
  );
}

function Foot({ figures }: { figures: Figures | undefined }) {
  const { t } = useTranslation(['today', 'workbench']);
  const formats = useFormats();
  if (!figures) return null;
  return (
    <Flex gap={12} wrap className="day-figures-foot">
      <Text type="secondary">
        {t('figures.month', { month: formats.month(figures.startDate) })} ·{' '}
        {t('workbench:state.asOf', { date: formats.date(figures.asOfDate) })}
      </Text>
      {figures.stale && <Text type="warning">{t('figures.stale')}</Text>}
    </Flex>
  );
}
