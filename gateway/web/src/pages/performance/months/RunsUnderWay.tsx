import { Button, Card, Flex } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { monthsChanged, useRunsUnderWay } from './months';
import { RunProgress } from './RunProgress';

/** What is being computed of a month just now; all that stands on it is asked anew as it ends. */
export function RunsUnderWay({ monthDate, onOpen }: { monthDate: string; onOpen: (runId: string) => void }) {
  const { t } = useTranslation('months');
  const { data } = useRunsUnderWay(monthDate);
  const runs = data?.runs ?? [];
  const under = runs.map((run) => run.runId).join(' ');
  const before = useRef('');
  useEffect(() => {
    if (before.current && before.current !== under) void monthsChanged();
    before.current = under;
  }, [under]);
  return runs.map((run) => (
    <Card key={run.runId} size="small">
      <Flex gap={16} align="center" wrap>
        <div className="run-progress">
          <RunProgress run={run} />
        </div>
        <Button onClick={() => onOpen(run.runId)}>{t('runs.open')}</Button>
      </Flex>
    </Card>
  ));
}
