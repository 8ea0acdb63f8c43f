import { Button, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Result
      status="404"
      title={t('shell.notFound')}
      subTitle={t('shell.notFoundHint')}
      extra={
        <Link to="/">
          <Button type="primary">{t('shell.toStart')}</Button>
        </Link>
      }
    />
  );
}
