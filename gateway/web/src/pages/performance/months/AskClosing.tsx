import { Button, Flex } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Text } from '../../../design/Text';
import { type Month, useMonthRights } from './months';

const ClosingDialog = lazy(() => import('./ClosingDialog'));

/** The first person's part: only whoever may close asks for it, and is told what follows before. */
export function AskClosing({ month }: { month: Month }) {
  const { t } = useTranslation('months');
  const { mayClose } = useMonthRights();
  const [asking, setAsking] = useState(false);
  if (!mayClose) return <Text type="secondary">{t('closing.notAsked')}</Text>;
  return (
    <Flex>
      <Button type="primary" onClick={() => setAsking(true)}>
        {t('closing.ask')}
      </Button>
      <Suspense fallback={null}>
        {asking && <ClosingDialog act="request" month={month} runId={month.runId} onClose={() => setAsking(false)} />}
      </Suspense>
    </Flex>
  );
}
