import { PlayCircleOutlined } from '@ant-design/icons';
import { Alert, Button, Flex, Tabs } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useFormats } from '../../../design/formats';
import { Page } from '../../../design/Page';
import { EmptyState, Loaded } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import '../performance.css';
import './months.css';
import { ClosingCard } from './ClosingCard';
import { LateChanges } from './LateChanges';
import { MonthStateTag } from './MonthStateTag';
import { type Month, useClosings, useLateChanges, useMonthRights, useMonths, waitingOf } from './months';
import { RunList } from './RunList';
import { RunsUnderWay } from './RunsUnderWay';
import { useReasonWords } from './runWords';

const RunDrawer = lazy(() => import('./RunDrawer'));
const StartRun = lazy(() => import('./StartRun'));

/** One month: what was computed and from what, what came late, and its closing. */
export default function MonthPage() {
  const { month = '' } = useParams();
  const { t } = useTranslation('months');
  const formats = useFormats();
  const months = useMonths();
  const monthDate = `${month}-01`;
  return (
    <Loaded query={months} rows={8}>
      {(data) => {
        const found = data.resultMonths.find((each) => each.monthDate === monthDate);
        if (found) return <OneMonth month={found} />;
        return (
          <Page title={t('title')}>
            <EmptyState
              words={t('months.unknown', { month: /^\d{4}-\d{2}$/.test(month) ? formats.month(monthDate) : month })}
              action={<Link to="/performance/months">{t('months.toAll')}</Link>}
            />
          </Page>
        );
      }}
    </Loaded>
  );
}

function OneMonth({ month }: { month: Month }) {
  const { t } = useTranslation('months');
  const formats = useFormats();
  const { mayCompute } = useMonthRights();
  const reasonWords = useReasonWords();
  const [filters, change] = useFilters({ tab: 'runs', run: '' });
  const [starting, setStarting] = useState(false);
  const closings = useClosings(month.monthDate);
  const late = useLateChanges(month.monthDate);
  const open = (run: string) => change({ run });
  const name = formats.month(month.monthDate);
  return (
    <Page
      title={
        <>
          {name} <MonthStateTag month={month} waiting={waitingOf(closings.data?.monthClosings, month.monthDate)} />
        </>
      }
      tab={name}
      note={
        <>
          <Link to="/performance/months">{t('months.toAll')}</Link> ·{' '}
          {month.asOfDate ? t('months.resultsUpTo', { date: formats.date(month.asOfDate) }) : t('months.notComputed')}
        </>
      }
      actions={
        mayCompute && (
          <Button icon={<PlayCircleOutlined />} onClick={() => setStarting(true)}>
            {t(month.closed ? 'start.compareButton' : 'start.button')}
          </Button>
        )
      }
    >
      <Flex vertical gap={16}>
        {month.staleTime && !month.closed && (
          <Alert type="info" showIcon title={t('months.stale', { reason: reasonWords(month.staleReason) })} />
        )}
        <RunsUnderWay monthDate={month.monthDate} onOpen={open} />
        <ClosingCard month={month} closings={closings} onOpen={open} />
        <Tabs
          activeKey={filters.tab}
          onChange={(tab) => change({ tab })}
          destroyOnHidden
          items={[
            { key: 'runs', label: t('runs.title'), children: <RunList monthDate={month.monthDate} onOpen={open} /> },
            {
              key: 'late',
              label: t('late.title', { count: late.data?.runs.length ?? 0 }),
              children: <LateChanges month={month} late={late} onOpen={open} />,
            },
          ]}
        />
      </Flex>
      <Suspense fallback={null}>
        {filters.run && <RunDrawer key={filters.run} runId={filters.run} onClose={() => open('')} />}
        {starting && <StartRun month={month} onClose={() => setStarting(false)} onStarted={open} />}
      </Suspense>
    </Page>
  );
}
