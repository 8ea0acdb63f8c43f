import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';

const SEVERITY_MAX = 3;

/** How severe a sign or a warning is, in words and colour. */
export function SeverityTag({ severity }: { severity: number }) {
  const { t } = useTranslation('customer');
  if (severity < 1) return null;
  const shown = Math.min(SEVERITY_MAX, severity);
  return (
    <Tag variant="filled" className={`customer-severity-${shown}`}>
      {t(`timeline.severity.${shown}`)}
    </Tag>
  );
}
