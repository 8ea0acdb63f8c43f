import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';

const TONES = ['default', 'processing', 'warning', 'error'] as const;

/** How severe it is, in words and by colour. */
export function Severity({ severity }: { severity: number }) {
  const { t } = useTranslation('unit');
  return <Tag color={TONES[severity] ?? 'default'}>{t(`warnings.severity.${severity}`, { defaultValue: String(severity) })}</Tag>;
}
