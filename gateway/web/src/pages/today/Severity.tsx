import { AlertFilled, ExclamationCircleFilled, InfoCircleFilled, RobotOutlined } from '@ant-design/icons';
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';

const LOOKS = [
  { words: 'severity.model', color: 'default', icon: <RobotOutlined /> },
  { words: 'severity.noted', color: 'default', icon: <InfoCircleFilled /> },
  { words: 'severity.serious', color: 'warning', icon: <ExclamationCircleFilled /> },
  { words: 'severity.severe', color: 'error', icon: <AlertFilled /> },
] as const;

/** How severe a sign is, from 1 to 3, in word, colour and shape; 0 where the model alone warns. */
export function Severity({ value }: { value: number }) {
  const { t } = useTranslation('today');
  const look = LOOKS[value] ?? LOOKS[1];
  return (
    <Tag color={look.color} icon={look.icon} className="day-severity">
      {t(look.words)}
    </Tag>
  );
}
