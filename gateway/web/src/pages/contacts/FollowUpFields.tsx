import { DatePicker, Form, Input, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { useNamedChoices } from '../../design/Named';
import { type ContactValues, KINDS } from './recording';
import { asDate, asInstant } from './times';

const HEARD = ['FEEDBACK_KIND_NEED', 'FEEDBACK_KIND_OPINION', 'FEEDBACK_KIND_SUGGESTION', 'FEEDBACK_KIND_COMPLAINT'] as const;

/** What comes next with the customer: another contact, or something to do. */
export function NextFields() {
  const { t } = useTranslation('contacts');
  const { may } = useAccess();
  const named = useNamedChoices();
  const next = Form.useWatch<ContactValues['next']>('next');
  const required = [{ required: true, message: t('required') }];
  return (
    <>
      <Form.Item name="next" label={t('next')}>
        <Radio.Group optionType="button">
          <Radio.Button value="">{t('nextNone')}</Radio.Button>
          <Radio.Button value="contact">{t('nextContact')}</Radio.Button>
          {may('activity.task.update') && <Radio.Button value="task">{t('nextTask')}</Radio.Button>}
        </Radio.Group>
      </Form.Item>
      {next === 'contact' && (
        <div className="log-pair">
          <Form.Item name="nextKind" label={t('kind')} rules={required}>
            <Select options={named(KINDS)} />
          </Form.Item>
          <Form.Item name="nextTime" label={t('nextTime')} rules={required} {...asInstant}>
            <DatePicker
              className="log-wide"
              showTime={{ format: 'HH:mm', minuteStep: 5 }}
              format="YYYY-MM-DD HH:mm"
              minDate={dayjs()}
            />
          </Form.Item>
        </div>
      )}
      {next === 'task' && (
        <div className="log-pair">
          <Form.Item name="taskTitle" label={t('taskTitle')} rules={required}>
            <Input maxLength={200} placeholder={t('taskHint')} />
          </Form.Item>
          <Form.Item name="taskDate" label={t('taskDate')} rules={required} {...asDate}>
            <DatePicker className="log-wide" minDate={dayjs()} />
          </Form.Item>
        </div>
      )}
    </>
  );
}

/** What the customer wants, thinks or complains of, in the customer's own words. */
export function HeardFields() {
  const { t } = useTranslation('contacts');
  const named = useNamedChoices();
  const kind = Form.useWatch<ContactValues['heardKind']>('heardKind');
  return (
    <>
      <Form.Item name="heardKind" label={t('heard')}>
        <Radio.Group optionType="button">
          <Radio.Button value="">{t('heardNone')}</Radio.Button>
          {named(HEARD).map(({ value, label }) => (
            <Radio.Button key={value} value={value}>
              {label}
            </Radio.Button>
          ))}
        </Radio.Group>
      </Form.Item>
      {kind && (
        <Form.Item
          name="heardWords"
          label={t('heardWords')}
          rules={[{ required: true, whitespace: true, message: t('required') }]}
        >
          <Input.TextArea rows={3} maxLength={4000} placeholder={t('heardHint')} />
        </Form.Item>
      )}
    </>
  );
}
