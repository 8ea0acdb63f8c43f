// Fields of numbers within bounds, in percent or as they are.
import { Form, type FormItemProps, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import type { Setting } from './parameters';

interface Props extends Pick<FormItemProps, 'dependencies' | 'rules'> {
  setting: Setting;
  min: number;
  max: number;
}

/** A whole number; what it means and its bounds stand below. */
export function NumberField({ setting, min, max, ...item }: Props) {
  return <BoundedField setting={setting} min={min} max={max} precision={0} {...item} />;
}

export function PercentField({ setting, min, max, ...item }: Props) {
  return <BoundedField setting={setting} min={min} max={max} precision={2} suffix="%" {...item} />;
}

function BoundedField({ setting, min, max, precision, suffix, rules, ...item }: Props & { precision: number; suffix?: string }) {
  const { t } = useTranslation('schemes');
  const formats = useFormats();
  const written = (bound: number) => formats.number(bound, Number.isInteger(bound) ? 0 : 2) + (suffix ?? '');
  return (
    <Form.Item
      {...item}
      name={setting}
      label={t(`setting.${setting}`)}
      extra={t('bounds', { hint: t(`hint.${setting}`), min: written(min), max: written(max) })}
      rules={[{ required: true, message: t('fault.number') }, ...(rules ?? [])]}
    >
      <InputNumber<number> className="scheme-number" min={min} max={max} precision={precision} suffix={suffix} />
    </Form.Item>
  );
}
