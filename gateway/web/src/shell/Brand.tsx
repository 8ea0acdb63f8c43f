import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

export function Brand() {
  const { t } = useTranslation();
  return (
    <Link to="/" className="brand">
      <img src="/app/icon.svg" alt="" width={28} height={28} />
      <span>{t('productShort')}</span>
    </Link>
  );
}
