import { Refusal } from '@rm-workbench/client';
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Freshness } from '../../../design/Freshness';
import { useFormats } from '../../../design/formats';
import { Page } from '../../../design/Page';
import { EmptyState, Loaded, PartialState } from '../../../design/States';
import { DrillDown } from './DrillDown';
import { ExportButton } from './ExportButton';
import { periodQuery, useResultFilters } from './filters';
import { KeyFigures } from './KeyFigures';
import { OwnRank } from './OwnRank';
import { PeriodChooser } from './PeriodChooser';
import { Trend } from './Trend';
import '../performance.css';

const FRESH_MILLISECONDS = 60_000;

/** Somebody's results: how they stand, against before, over time, and of what each of them is made. */
export default function ResultsPage() {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const { may } = useAccess();
  const { subject, filters, change } = useResultFilters();
  const figures = api.useQuery(
    'get',
    '/v1/figures',
    { params: { query: periodQuery(subject) } },
    { refetchInterval: FRESH_MILLISECONDS, placeholderData: (before) => before },
  );
  const shown = figures.data;
  const nobody = (shown?.products.length ?? 0) === 0;
  return (
    <Page
      title={subject.personId ? t('results.of', { name: shown?.personName ?? '' }) : t('results.title')}
      note={
        <>
          {shown && (
            <>
              {t('results.asOf', { from: formats.date(shown.startDate), to: formats.date(shown.asOfDate) })}{' '}
              {shown.closed && <Tag>{t('results.closed')}</Tag>} <Freshness withoutDate />{' '}
            </>
          )}
          {may('performance.product.read') && <Link to="/performance/products">{t('results.how')}</Link>}
        </>
      }
      actions={
        <>
          <PeriodChooser subject={subject} asOfDate={shown?.asOfDate ?? ''} onChange={change} />
          <ExportButton personId={subject.personId} day={shown?.asOfDate ?? ''} />
        </>
      }
    >
      {shown?.stale && <PartialState words={t('results.stale')} />}
      {figures.error instanceof Refusal && figures.error.reason === 'RESULTS_MISSING' ? (
        <EmptyState words={t('results.none')} />
      ) : (
        <Loaded query={figures} rows={10}>
          {(data) =>
            nobody ? (
              <EmptyState words={t('results.none')} />
            ) : (
              <>
                <KeyFigures line={data.total} measure={subject.measure} onChoose={(measure) => change({ measure })} />
                <div className="results-middle">
                  <Trend subject={subject} asOfDate={data.asOfDate} onChoose={(day) => change({ day })} />
                  <OwnRank subject={subject} line={data.total} />
                </div>
                <DrillDown subject={subject} filters={filters} change={change} />
              </>
            )
          }
        </Loaded>
      )}
    </Page>
  );
}
