import type { Schema } from '@rm-workbench/client';
import { DatePicker, Form, Input, InputNumber, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNamedChoices } from '../../design/Named';
import { CustomerSelect } from '../../design/selects';
import { useProductChoices } from './choices';
import type { ContactStart } from './LogContact';
import { type ContactValues, KINDS, type Kind, MINUTES, OUTCOMES, PURPOSES } from './recording';
import { asInstant } from './times';

interface Props {
  start: ContactStart;
  /** It is still to come: nothing can have come of it. */
  planned: boolean;
  keyPersons: Schema<'customer.v1.KeyPerson'>[];
}

/** The contact itself: with whom, how, when, and what came of it. */
export function ContactFields({ start, planned, keyPersons }: Props) {
  const { t } = useTranslation('contacts');
  const named = useNamedChoices();
  return (
    <>
      {start.customer ? (
        <Form.Item label={t('customer')}>
          <strong>{start.customer.displayName}</strong>
        </Form.Item>
      ) : (
        <CustomerField />
      )}
      {!start.completes && <KindField />}
      <WhenFields />
      <Form.Item name="summary" label={t(planned ? 'intent' : 'summary')}>
        <Input.TextArea rows={4} maxLength={8000} placeholder={t('summaryHint')} />
      </Form.Item>
      <div className="log-pair">
        {!start.completes && (
          <Form.Item name="purpose" label={t('purpose')}>
            <Select allowClear placeholder={t('choose')} options={named(PURPOSES)} />
          </Form.Item>
        )}
        {!planned && (
          <Form.Item name="outcome" label={t('outcome')}>
            <Select allowClear placeholder={t('choose')} options={named(OUTCOMES)} />
          </Form.Item>
        )}
      </div>
      <PeopleAndProducts keyPersons={keyPersons} />
    </>
  );
}

function CustomerField() {
  const { t } = useTranslation('contacts');
  const form = Form.useFormInstance<ContactValues>();
  const chosenName = Form.useWatch('customerName', { form, preserve: true });
  return (
    <Form.Item
      name="customerId"
      label={t('customer')}
      rules={[{ required: true, message: t('required') }]}
      getValueFromEvent={(customerId: string, label: string) => {
        // Before the value itself, so that a draft keeps both.
        form.setFieldValue('customerName', label);
        return customerId;
      }}
    >
      <CustomerSelect chosenName={chosenName} />
    </Form.Item>
  );
}

function KindField() {
  const { t } = useTranslation('contacts');
  const named = useNamedChoices();
  const form = Form.useFormInstance<ContactValues>();
  return (
    <Form.Item name="kind" label={t('kind')}>
      <Radio.Group
        optionType="button"
        className="log-kinds"
        options={named(KINDS)}
        onChange={({ target }) => {
          if (!form.isFieldTouched('minutes')) form.setFieldValue('minutes', MINUTES[target.value as Kind]);
        }}
      />
    </Form.Item>
  );
}

function WhenFields() {
  const { t } = useTranslation('contacts');
  return (
    <div className="log-pair">
      <Form.Item name="startTime" label={t('when')} {...asInstant}>
        <DatePicker
          className="log-wide"
          placeholder={t('justNow')}
          showTime={{ format: 'HH:mm', minuteStep: 5 }}
          format="YYYY-MM-DD HH:mm"
        />
      </Form.Item>
      <Form.Item name="minutes" label={t('minutes')}>
        <InputNumber className="log-wide" min={1} max={1440} precision={0} suffix={t('minutesUnit')} />
      </Form.Item>
    </div>
  );
}

function PeopleAndProducts({ keyPersons }: Pick<Props, 'keyPersons'>) {
  const { t } = useTranslation('contacts');
  const products = useProductChoices();
  const people = keyPersons.map((person) => ({
    value: person.keyPersonId,
    label: [person.displayName, person.position].filter(Boolean).join(' '),
  }));
  return (
    <div className="log-pair">
      <Form.Item name="people" label={t('people')}>
        <Select
          mode="tags"
          placeholder={t('peopleHint')}
          options={people}
          tokenSeparators={['、', '，', ',']}
          showSearch={{ optionFilterProp: 'label' }}
          maxCount={50}
        />
      </Form.Item>
      <Form.Item name="products" label={t('products')}>
        <Select
          mode="tags"
          placeholder={t('productsHint')}
          options={products}
          tokenSeparators={['、', '，', ',']}
          showSearch={{ optionFilterProp: 'label' }}
          maxCount={30}
        />
      </Form.Item>
    </div>
  );
}
