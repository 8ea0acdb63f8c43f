import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';

const TONES = ['default', 'gold', 'orange', 'red'] as const;

/** How severe a sign or a warning is, in words and colour. */
export function SeverityTag({ severity }: { severity: number }) {
  const { t } = useTranslation('customer');
  if (severity < 1) return null;
  return <Tag color={TONES[Math.min(3, severity)] ?? 'default'}>{t(`timeline.severity.${Math.min(3, severity)}`)}</Tag>;
}
