import { Flex, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNamed } from '../../../design/Named';
import { Text } from '../../../design/Text';
import type { Run } from './months';

/** How far a run is that is under way, in steps. */
export function RunProgress({ run }: { run: Run }) {
  const { t } = useTranslation('months');
  const named = useNamed();
  const label = t('run.underWay', { number: run.number, kind: named(run.kind) });
  const percent = run.stepCount ? Math.floor((run.doneCount / run.stepCount) * 100) : 0;
  return (
    <Flex vertical aria-live="polite">
      <Text strong>{label}</Text>
      <Progress percent={percent} status="active" aria-label={label} />
      <Text type="secondary">
        {run.stepCount ? t('run.steps', { done: run.doneCount, count: run.stepCount }) : t('run.waits')}
      </Text>
    </Flex>
  );
}
