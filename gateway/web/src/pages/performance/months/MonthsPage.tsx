import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';
import { Page } from '../../../design/Page';
import { EmptyState, Loaded } from '../../../design/States';
import '../performance.css';
import './months.css';
import { DataState } from './DataState';
import { MonthList } from './MonthList';
import { addressOfMonth, useClosings, useRun } from './months';

/** The months of which there are results: how they stand, which are closed, how current the data is behind them. */
export default function MonthsPage() {
  const [parameters] = useSearchParams();
  const { t } = useTranslation('months');
  const [closing, run] = [parameters.get('closing') ?? '', parameters.get('run') ?? ''];
  return (
    <Page title={t('title')} note={t('note')}>
      {closing && <MonthOfClosing monthClosingId={closing} />}
      {run && <MonthOfRun runId={run} />}
      {!closing && !run && (
        <div className="months">
          <DataState />
          <MonthList />
        </div>
      )}
    </Page>
  );
}

/** Whoever comes from an inbox knows what is asked, and not of which month. */
function MonthOfClosing({ monthClosingId }: { monthClosingId: string }) {
  const { t } = useTranslation('months');
  const closings = useClosings();
  return (
    <Loaded query={closings}>
      {(data) => {
        const found = data.monthClosings.find((each) => each.monthClosingId === monthClosingId);
        return found ? <Navigate replace to={addressOfMonth(found.monthDate)} /> : <EmptyState words={t('closing.unknown')} />;
      }}
    </Loaded>
  );
}

function MonthOfRun({ runId }: { runId: string }) {
  const run = useRun(runId);
  return <Loaded query={run}>{(data) => <Navigate replace to={`${addressOfMonth(data.monthDate)}?run=${runId}`} />}</Loaded>;
}
