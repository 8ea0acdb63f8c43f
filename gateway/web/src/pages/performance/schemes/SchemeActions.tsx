import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import type { Scheme } from './schemes';

const SchemeForm = lazy(() => import('./SchemeForm'));
const RetireScheme = lazy(() => import('./RetireScheme'));

/** What may be proposed of a scheme; of one of which a version waits nothing, until that is decided. */
export function SchemeActions({ scheme, waits }: { scheme: Scheme; waits: boolean }) {
  const { t } = useTranslation('schemes');
  const { may } = useAccess();
  const [open, setOpen] = useState<'change' | 'retire'>();
  if (!may('performance.scheme.define') || waits) return null;
  const close = () => setOpen(undefined);
  return (
    <>
      <Button onClick={() => setOpen('change')}>{t('change')}</Button>
      {scheme.state === 'SCHEME_STATE_PUBLISHED' && (
        <Button onClick={() => setOpen('retire')}>{t(scheme.retired ? 'offerAgain' : 'retire')}</Button>
      )}
      <Suspense fallback={null}>
        {open === 'change' && <SchemeForm scheme={scheme} onClose={close} />}
        {open === 'retire' && <RetireScheme scheme={scheme} onClose={close} />}
      </Suspense>
    </>
  );
}
