import type { Schema } from '@rm-workbench/client';
import { Alert, Button, Card, DatePicker, Form, Input, Modal, Segmented, Table } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { addDays, useFormats } from '../../../design/formats';
import { Named, NamedTag, useNamedChoices } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { useAct } from '../useAct';

type CalendarDay = Schema<'integration.v1.CalendarDay'>;

const DAYS_AHEAD = 120;
const KINDS = ['BANK_DAY_KIND_WORKED', 'BANK_DAY_KIND_OFF', 'BANK_DAY_KIND_ORDINARY'] as const;

/** The days ahead that are not as their weekday says: holidays, weekends worked in exchange, the bank's own. */
export function BankCalendar() {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const formats = useFormats();
  const [setting, setSetting] = useState(false);
  const startDate = dayjs().format('YYYY-MM-DD');
  const days = api.useQuery('get', '/v1/calendarDays', {
    params: { query: { startDate, endDate: addDays(startDate, DAYS_AHEAD) } },
  });
  const special = (all: CalendarDay[]) => all.filter((day) => day.source !== 'CALENDAR_DAY_SOURCE_WEEK');
  return (
    <Card
      size="small"
      title={t('calendar.title')}
      extra={
        may('integration.calendar.manage') && (
          <Button size="small" onClick={() => setSetting(true)}>
            {t('calendar.set')}
          </Button>
        )
      }
    >
      <Loaded
        query={days}
        isEmpty={(data) => !special(data.calendarDays).length}
        empty={<EmptyState words={t('calendar.none', { count: DAYS_AHEAD })} />}
      >
        {(data) => (
          <Table<CalendarDay>
            size="small"
            aria-label={t('calendar.title')}
            rowKey="calendarDate"
            pagination={{ pageSize: 10, size: 'small', hideOnSinglePage: true }}
            dataSource={special(data.calendarDays)}
            columns={[
              { title: t('workbench:field.date'), render: (_, day) => formats.dateLong(day.calendarDate) },
              { title: t('calendar.name'), dataIndex: 'name' },
              {
                title: t('calendar.worked'),
                render: (_, day) => (
                  <NamedTag
                    value={day.businessDay ? 'BANK_DAY_KIND_WORKED' : 'BANK_DAY_KIND_OFF'}
                    tone={day.businessDay ? 'warning' : 'default'}
                  />
                ),
              },
              { title: t('calendar.source'), responsive: ['md'], render: (_, day) => <Named value={day.source} /> },
            ]}
          />
        )}
      </Loaded>
      {setting && <SetDay onClose={() => setSetting(false)} />}
    </Card>
  );
}

interface Values {
  date: Dayjs;
  kind: (typeof KINDS)[number];
  name?: string;
}

function SetDay({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('administration');
  const words = useRefusalWords();
  const choices = useNamedChoices();
  const [form] = Form.useForm<Values>();
  const setting = useAct(
    ({ date, kind, name = '' }: Values) =>
      client.POST('/v1/calendarDays:set', { body: { days: [{ calendarDate: date.format('YYYY-MM-DD'), kind, name }] } }),
    t('workbench:state.saved'),
    '/v1/calendarDays',
    '/v1/feeds',
  );
  return (
    <Modal
      open
      title={t('calendar.set')}
      okText={t('workbench:action.save')}
      cancelText={t('workbench:action.cancel')}
      okButtonProps={{ loading: setting.isPending }}
      onOk={form.submit}
      onCancel={onClose}
    >
      {setting.error && <Alert className="form-note" type="error" showIcon title={words(setting.error)} />}
      <Form
        form={form}
        layout="vertical"
        initialValues={{ kind: 'BANK_DAY_KIND_OFF' }}
        onFinish={(values) => setting.mutate(values, { onSuccess: onClose })}
      >
        <Form.Item
          name="date"
          label={t('workbench:field.date')}
          rules={[{ required: true, message: t('workbench:field.required') }]}
        >
          <DatePicker />
        </Form.Item>
        <Form.Item name="kind" label={t('calendar.worked')}>
          <Segmented options={choices(KINDS)} />
        </Form.Item>
        <Form.Item name="name" label={t('calendar.name')} extra={t('calendar.nameHint')}>
          <Input maxLength={100} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
