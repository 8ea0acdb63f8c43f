import { CompassOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Notice } from '../design/Notice';

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Notice
      icon={<CompassOutlined />}
      title={t('shell.notFound')}
      words={t('shell.notFoundHint')}
      action={<Link to="/">{t('shell.toStart')}</Link>}
    />
  );
}
