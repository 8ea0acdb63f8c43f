import { ClockCircleOutlined, ExclamationCircleFilled } from '@ant-design/icons';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { daysBetween, useFormats } from '../../design/formats';
import type { Feedback } from './needs';

const SOON_DAYS = 2;

/** By when the answer is due: how many days are left, or since when it is late; in words, a mark and a colour. */
export function Deadline({ feedback }: { feedback: Feedback }) {
  const { t } = useTranslation('needs');
  const formats = useFormats();
  if (feedback.state !== 'FEEDBACK_STATE_OPEN' || !feedback.answerDueDate) return <>{formats.date(feedback.answerDueDate)}</>;
  const left = daysBetween(dayjs().format('YYYY-MM-DD'), feedback.answerDueDate);
  const date = formats.date(feedback.answerDueDate);
  if (feedback.overdue) {
    return (
      <span className="late">
        <ExclamationCircleFilled /> {date} · {t('lateBy', { count: Math.max(1, -left) })}
      </span>
    );
  }
  if (left <= SOON_DAYS) {
    return (
      <span className="due-soon">
        <ClockCircleOutlined /> {date} · {left <= 0 ? t('dueToday') : t('leftDays', { count: left })}
      </span>
    );
  }
  return (
    <span>
      {date} · {t('leftDays', { count: left })}
    </span>
  );
}
