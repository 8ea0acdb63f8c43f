import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Closing, Month } from './months';

/** How a month stands: closed, asked to be, waiting to be computed anew, or open. */
export function MonthStateTag({ month, waiting }: { month: Month; waiting: Closing | undefined }) {
  const { t } = useTranslation('months');
  if (month.closed) return <Tag color="success">{t('state.closed')}</Tag>;
  return (
    <>
      {waiting && <Tag color="warning">{t('state.asked')}</Tag>}
      {month.staleTime && <Tag color="processing">{t('state.stale')}</Tag>}
      {!waiting && !month.staleTime && <Tag>{t('state.open')}</Tag>}
    </>
  );
}
