import { Checkbox, DatePicker, Flex, Form, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNamedChoices } from '../../../design/Named';
import { heldAs } from '../days';
import type { AppointmentFields } from './AppointmentForm';
import { WEEKDAYS, weekdayOf, weekOfMonth } from './recurrence';

const FREQUENCIES = ['NONE', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
const ENDS = ['never', 'until', 'count'] as const;
const NON_WORKDAYS = [
  'NON_WORKDAYS_KEEP',
  'NON_WORKDAYS_SKIP',
  'NON_WORKDAYS_NEXT_WORKDAY',
  'NON_WORKDAYS_PREVIOUS_WORKDAY',
] as const;

/** How an appointment recurs: every how many days, weeks, months; on which; until when; and what of days that are not worked. */
export function RepetitionFields() {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  const form = Form.useFormInstance<AppointmentFields>();
  const repetition = Form.useWatch('repetition', form);
  const start = Form.useWatch('start', form);
  const frequency = repetition?.frequency ?? 'NONE';
  const day = start?.slice(0, 10) ?? '';
  return (
    <>
      <Flex gap={12} wrap>
        <Form.Item name={['repetition', 'frequency']} label={t('form.repeats')} className="schedule-grows">
          <Select options={FREQUENCIES.map((value) => ({ value, label: t(`frequency.${value}`) }))} />
        </Form.Item>
        {frequency !== 'NONE' && (
          <Form.Item name={['repetition', 'interval']} label={t('form.interval')}>
            <InputNumber min={1} max={99} suffix={t(`unit.${frequency}`)} className="short-number" />
          </Form.Item>
        )}
      </Flex>
      {frequency === 'WEEKLY' && (
        <Form.Item
          name={['repetition', 'weekdays']}
          label={t('form.weekdays')}
          rules={[{ type: 'array', min: 1, message: t('form.weekdayNeeded') }]}
        >
          <Checkbox.Group options={WEEKDAYS.map((value) => ({ value, label: t(`weekdayShort.${value}`) }))} />
        </Form.Item>
      )}
      {frequency === 'MONTHLY' && day && (
        <Form.Item name={['repetition', 'monthlyBy']} label={t('form.monthlyBy')}>
          <Select
            options={[
              { value: 'day', label: t('form.byDay', { day: Number(day.slice(8)) }) },
              {
                value: 'weekday',
                label: t('form.byWeekday', { week: t(`week.${weekOfMonth(day)}`), weekday: t(`weekday.${weekdayOf(day)}`) }),
              },
            ]}
          />
        </Form.Item>
      )}
      {frequency !== 'NONE' && (
        <>
          <Flex gap={12} wrap>
            <Form.Item name={['repetition', 'ends']} label={t('form.ends')} className="schedule-grows">
              <Select options={ENDS.map((value) => ({ value, label: t(`ends.${value}`) }))} />
            </Form.Item>
            {repetition?.ends === 'until' && (
              <Form.Item
                name={['repetition', 'until']}
                label={t('form.until')}
                {...heldAs('day')}
                rules={[{ required: true, message: t('form.dayNeeded') }]}
              >
                <DatePicker />
              </Form.Item>
            )}
            {repetition?.ends === 'count' && (
              <Form.Item
                name={['repetition', 'count']}
                label={t('form.count')}
                rules={[{ required: true, message: t('form.countNeeded') }]}
              >
                <InputNumber min={1} max={999} className="short-number" />
              </Form.Item>
            )}
          </Flex>
          <Form.Item name="nonWorkdays" label={t('form.nonWorkdays')}>
            <Select options={choices(NON_WORKDAYS)} />
          </Form.Item>
        </>
      )}
    </>
  );
}
