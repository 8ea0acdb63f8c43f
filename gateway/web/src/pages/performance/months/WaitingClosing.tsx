import { Alert, Button, Flex } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { type Closing, type Month, useMonthRights } from './months';

const ClosingDialog = lazy(() => import('./ClosingDialog'));

interface Props {
  month: Month;
  closing: Closing;
  onOpen: (runId: string) => void;
}

/** It was asked for: whoever asked may take it back, a second person confirms or declines. */
export function WaitingClosing({ month, closing, onOpen }: Props) {
  const { t } = useTranslation('months');
  const { personId } = useAccess();
  const { mayClose } = useMonthRights();
  const [act, setAct] = useState<'confirm' | 'decline'>();
  const own = closing.requesterPersonId === personId;
  // What is asked to be closed is no longer what stands: only anew.
  const changed = closing.runId !== month.runId;
  const words = changed ? 'closing.changed' : own ? 'closing.ownWaits' : mayClose ? 'closing.yours' : 'closing.waits';
  return (
    <>
      <Alert type={changed || (mayClose && !own) ? 'warning' : 'info'} showIcon title={t(words)} />
      <Flex wrap gap={8}>
        {mayClose && !own && !changed && (
          <Button type="primary" onClick={() => setAct('confirm')}>
            {t('closing.confirm')}
          </Button>
        )}
        {mayClose && <Button onClick={() => setAct('decline')}>{t(own ? 'closing.takeBack' : 'closing.decline')}</Button>}
        <Button type="link" onClick={() => onOpen(closing.runId)}>
          {t('closing.seeRun')}
        </Button>
      </Flex>
      <Suspense fallback={null}>
        {act && (
          <ClosingDialog act={act} month={month} runId={closing.runId} closing={closing} onClose={() => setAct(undefined)} />
        )}
      </Suspense>
    </>
  );
}
