import { App, Button, Card, DatePicker, Flex, Modal, Statistic, Typography } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { addDays, useFormats } from '../../../design/formats';
import { Loaded } from '../../../design/States';
import { useAct } from '../useAct';

/** The bank's business date; whoever keeps its calendar opens the next one. */
export function BusinessDate() {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const formats = useFormats();
  const [opening, setOpening] = useState(false);
  const date = api.useQuery('get', '/v1/businessDate', {}, { refetchInterval: 30_000 });
  return (
    <Card
      size="small"
      title={t('businessDate.title')}
      extra={
        may('integration.calendar.manage') &&
        date.data && (
          <Button size="small" onClick={() => setOpening(true)}>
            {t('businessDate.open')}
          </Button>
        )
      }
    >
      <Loaded query={date} rows={2}>
        {(known) => (
          <>
            <Statistic
              value={formats.dateLong(known.businessDate)}
              suffix={
                <Typography.Text type="secondary">
                  {t(known.businessDay ? 'businessDate.worked' : 'businessDate.off')}
                </Typography.Text>
              }
            />
            <Flex wrap gap="4px 16px">
              {known.openTime && (
                <Typography.Text type="secondary">
                  {t('businessDate.opened', { time: formats.instant(known.openTime) })}
                </Typography.Text>
              )}
              {known.previousBusinessDate && (
                <Typography.Text type="secondary">
                  {t('businessDate.previous', { date: formats.date(known.previousBusinessDate) })}
                </Typography.Text>
              )}
            </Flex>
            {opening && <OpenDate after={known.businessDate} onClose={() => setOpening(false)} />}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function OpenDate({ after, onClose }: { after: string; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const { message } = App.useApp();
  const [date, setDate] = useState<Dayjs>(dayjs(addDays(after, 1)));
  const opening = useAct(
    (businessDate: string) => client.POST('/v1/businessDate:open', { body: { businessDate } }),
    t('businessDate.isOpen'),
    '/v1/businessDate',
    '/v1/feeds',
  );
  const open = () => {
    if (!date.isAfter(dayjs(after))) return void message.warning(t('businessDate.later'));
    opening.mutate(date.format('YYYY-MM-DD'), { onSuccess: onClose });
  };
  return (
    <Modal
      open
      title={t('businessDate.open')}
      okText={t('businessDate.open')}
      cancelText={t('workbench:action.cancel')}
      okButtonProps={{ loading: opening.isPending }}
      onOk={open}
      onCancel={onClose}
    >
      <Typography.Paragraph>{t('businessDate.hint')}</Typography.Paragraph>
      <Flex gap={8} align="center">
        <label htmlFor="open-date">{t('businessDate.title')}</label>
        <DatePicker id="open-date" allowClear={false} value={date} onChange={(chosen) => chosen && setDate(chosen)} />
      </Flex>
    </Modal>
  );
}
