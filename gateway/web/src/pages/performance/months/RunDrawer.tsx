import { Drawer, Flex, Tabs } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { useNamed } from '../../../design/Named';
import { FailureState, LoadingState } from '../../../design/States';
import { CancelRun } from './CancelRun';
import { isRunning, monthsChanged, type Run, useRun } from './months';
import { RunDifferences } from './RunDifferences';
import { RunFacts } from './RunFacts';
import { RunIssues } from './RunIssues';
import { RunProgress } from './RunProgress';
import { Totals } from './Totals';

const WIDTH = 860;

/** One run: how far it is, from what it was computed, what it could not count, and what came out otherwise than before. */
export default function RunDrawer({ runId, onClose }: { runId: string; onClose: () => void }) {
  const { t } = useTranslation('months');
  const named = useNamed();
  const run = useRun(runId);
  const wasRunning = useRef(false);
  useEffect(() => {
    if (!run.data) return;
    if (wasRunning.current && !isRunning(run.data)) void monthsChanged();
    wasRunning.current = isRunning(run.data);
  }, [run.data]);
  return (
    <Drawer
      open
      size={WIDTH}
      title={run.data ? t('run.title', { number: run.data.number, kind: named(run.data.kind) }) : t('runs.run')}
      onClose={onClose}
      extra={run.data && isRunning(run.data) && <CancelRun run={run.data} />}
    >
      {run.data ? (
        <OneRun run={run.data} />
      ) : run.error ? (
        <FailureState error={run.error} onRetry={() => void run.refetch()} />
      ) : (
        <LoadingState rows={6} />
      )}
    </Drawer>
  );
}

function OneRun({ run }: { run: Run }) {
  const { t } = useTranslation('months');
  const before = useRunBefore(run);
  const compares = run.kind === 'RUN_KIND_COMPARISON';
  const tabs = [
    ...(compares
      ? [
          {
            key: 'differences',
            label: t('run.differences', { count: Number(run.differenceCount) }),
            children: <RunDifferences run={run} />,
          },
        ]
      : []),
    ...(run.totals.length ? [{ key: 'totals', label: t('run.totals'), children: <Totals run={run} before={before} /> }] : []),
    { key: 'issues', label: t('run.issues', { count: Number(run.issueCount) }), children: <RunIssues run={run} /> },
  ];
  return (
    <Flex vertical gap={16}>
      {isRunning(run) && <RunProgress run={run} />}
      <RunFacts run={run} />
      {run.state === 'RUN_STATE_SUCCEEDED' && <Tabs destroyOnHidden items={tabs} />}
    </Flex>
  );
}

/** What stood as the run began: the last one before it whose results became the month's. */
function useRunBefore(run: Run): Run | undefined {
  const { data } = api.useQuery('get', '/v1/runs', {
    params: {
      query: { monthDate: run.monthDate, kind: 'RUN_KIND_REGULAR', state: 'RUN_STATE_SUCCEEDED', pageSize: 1000 },
    },
  });
  return data?.runs.find((each) => each.number < run.number);
}
