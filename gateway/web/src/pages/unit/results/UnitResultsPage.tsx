import { Refusal } from '@rm-workbench/client';
import { Flex, Segmented, Select, Tabs, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Freshness } from '../../../design/Freshness';
import { DateField } from '../../../design/fields';
import { useFormats } from '../../../design/formats';
import { useNamedChoices } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { EmptyState, FailureState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { MonthList } from '../../performance/months/MonthList';
import { UnitField } from '../UnitField';
import '../unit.css';
import { comparisonsOf, type Figures, isMeasure, isPeriod, MEASURES, PERIODS } from './figures';
import { ProductFigures } from './ProductFigures';
import { Ranking } from './Ranking';
import { ResultTiles } from './ResultTiles';
import { UnitParts } from './UnitParts';
import { UnitTrend } from './UnitTrend';

/** What a unit earned: against before, whose it is, who ranks where, of which products; which months stand for good. */
export default function UnitResultsPage() {
  const { t } = useTranslation('unit');
  const choices = useNamedChoices();
  const { may, scopePath } = useAccess();
  const [filters, change] = useFilters({
    unit: scopePath,
    period: 'PERIOD_KIND_MONTH',
    date: '',
    measure: 'FIGURE_MEASURE_CONTRIBUTION',
    against: '',
    tab: 'ranking',
  });
  const period = isPeriod(filters.period) ? filters.period : 'PERIOD_KIND_MONTH';
  const measure = isMeasure(filters.measure) ? filters.measure : 'FIGURE_MEASURE_CONTRIBUTION';
  const kinds = comparisonsOf(period);
  const against = kinds.find((kind) => kind === filters.against) ?? kinds[0] ?? 'COMPARISON_KIND_PERIOD_BEFORE';
  const query = { organisationPath: filters.unit, period, dayDate: filters.date };
  const figures = api.useQuery('get', '/v1/figures', { params: { query } });
  const shown = { ...query, measure, against };
  return (
    <Page title={t('results.title')} note={<AsOf figures={figures.data} />}>
      <Flex wrap gap={8} className="unit-filters">
        <UnitField value={filters.unit} onChange={(unit) => change({ unit })} />
        <Segmented
          aria-label={t('results.period')}
          value={period}
          onChange={(value) => change({ period: value, against: '' })}
          options={choices(PERIODS)}
        />
        <DateField
          aria-label={t('results.day')}
          value={filters.date}
          placeholder={t('results.latest')}
          onChange={(date) => change({ date })}
        />
        <Select
          aria-label={t('results.measure')}
          className="unit-measure-field"
          value={measure}
          onChange={(value) => change({ measure: value })}
          options={choices(MEASURES)}
        />
        <Segmented
          aria-label={t('results.against')}
          value={against}
          onChange={(value) => change({ against: value })}
          options={choices(kinds)}
        />
      </Flex>
      {figures.error && !figures.data ? (
        <NoFigures error={figures.error} onRetry={() => void figures.refetch()} />
      ) : (
        <>
          <ResultTiles figures={figures.data} against={against} />
          <UnitTrend {...shown} asOfDate={figures.data?.asOfDate ?? ''} />
          <Tabs
            activeKey={filters.tab}
            onChange={(tab) => change({ tab })}
            destroyOnHidden
            items={[
              {
                key: 'ranking',
                label: t('results.ranking'),
                children: <Ranking {...shown} figures={figures.data} />,
              },
              {
                key: 'parts',
                label: t('results.parts'),
                children: <UnitParts {...shown} onUnit={(unit) => change({ unit })} />,
              },
              {
                key: 'products',
                label: t('results.products'),
                children: <ProductFigures figures={figures.data} against={against} />,
              },
              ...(may('performance.run.read') ? [{ key: 'months', label: t('results.months'), children: <MonthList /> }] : []),
            ]}
          />
        </>
      )}
    </Page>
  );
}

/** Of which days the figures are, and whether they stand. */
function AsOf({ figures }: { figures: Figures | undefined }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  if (!figures) return <>{t('results.note')}</>;
  return (
    <>
      {t('results.asOf', { start: formats.date(figures.startDate), end: formats.date(figures.asOfDate) })}{' '}
      {figures.closed && <Tag>{t('results.closed')}</Tag>}
      {figures.stale && <Tag color="processing">{t('results.stale')}</Tag>} <Freshness withoutDate />
    </>
  );
}

/** Before the first month is computed there is nothing wrong. */
function NoFigures({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation('unit');
  if (error instanceof Refusal && error.reason === 'RESULTS_MISSING') return <EmptyState words={t('results.missing')} />;
  return <FailureState error={error} onRetry={onRetry} />;
}
