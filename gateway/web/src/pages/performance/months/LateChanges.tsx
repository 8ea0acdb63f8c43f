import { List } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { EmptyState, Loaded } from '../../../design/States';
import { Text } from '../../../design/Text';
import type { Month, Run, useLateChanges } from './months';
import { RunLink } from './RunLink';
import { useReasonWords } from './runWords';

interface Props {
  month: Month;
  late: ReturnType<typeof useLateChanges>;
  onOpen: (runId: string) => void;
}

/** What came after a month was closed and would have changed it: its results stay, and each tells by how much they would differ. */
export function LateChanges({ month, late, onOpen }: Props) {
  const { t } = useTranslation('months');
  return (
    <Loaded
      query={late}
      isEmpty={(data) => !data.runs.length}
      empty={<EmptyState words={t(month.closed ? 'late.none' : 'late.notClosed')} />}
    >
      {({ runs }) => <List dataSource={runs} rowKey="runId" renderItem={(run) => <LateChange run={run} onOpen={onOpen} />} />}
    </Loaded>
  );
}

function LateChange({ run, onOpen }: { run: Run; onOpen: (runId: string) => void }) {
  const { t } = useTranslation('months');
  const formats = useFormats();
  const words = useReasonWords();
  return (
    <List.Item extra={<RunLink run={run} onOpen={onOpen} />}>
      <List.Item.Meta
        title={words(run.reason)}
        description={
          <>
            {formats.instant(run.createTime)} ·{' '}
            <Text type="warning">{t('runs.differences', { count: Number(run.differenceCount) })}</Text>
          </>
        }
      />
    </List.Item>
  );
}
