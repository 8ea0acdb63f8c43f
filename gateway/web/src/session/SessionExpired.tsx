import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/client';
import { SignInForm } from './SignInForm';

/** Signing in again on top of the page, which stays as it is. */
export default function SessionExpired({ login }: { login: string | undefined }) {
  const { t } = useTranslation();
  return (
    <Modal open title={t('session.expired')} footer={null} closable={false} keyboard={false} mask={{ closable: false }}>
      <p>{t('session.expiredHint')}</p>
      <SignInForm login={login} onSignedIn={() => void queries.invalidateQueries()} />
    </Modal>
  );
}
