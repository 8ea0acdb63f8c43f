import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Run } from './months';

export function RunLink({ run, onOpen }: { run: Run; onOpen: (runId: string) => void }) {
  const { t } = useTranslation('months');
  return (
    <Button type="link" className="opener" onClick={() => onOpen(run.runId)}>
      {t('runs.number', { number: run.number })}
    </Button>
  );
}
