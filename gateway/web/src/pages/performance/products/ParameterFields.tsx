import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Flex, Form, Input, InputNumber, Select, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNamedChoices } from '../../../design/Named';
import type { Values } from './formValues';
import { isAmount, isRate } from './ParameterTable';
import type { Parameter } from './products';
import { RateField } from './RateField';

const KINDS = [
  'PRODUCT_PARAMETER_KIND_YEARLY_RATE',
  'PRODUCT_PARAMETER_KIND_RATE',
  'PRODUCT_PARAMETER_KIND_AMOUNT',
  'PRODUCT_PARAMETER_KIND_YEARLY_AMOUNT',
  'PRODUCT_PARAMETER_KIND_INTEGER',
] as const satisfies Parameter['kind'][];
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const VALUE = /^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,8})?$/;
const NAME_LENGTH_MAX = 60;

/** The product's own constants: prices and rates that formulas name, so that a change of price changes no formula. */
export function ParameterFields() {
  const { t } = useTranslation('products');
  return (
    <fieldset className="performance-rows">
      <legend>{t('parameters.title')}</legend>
      <Typography.Paragraph type="secondary">{t('parameters.hint')}</Typography.Paragraph>
      <Form.List name="parameters">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <ParameterRow key={field.key} place={field.name} onRemove={() => remove(field.name)} />
            ))}
            <Button
              icon={<PlusOutlined />}
              onClick={() => add({ kind: 'PRODUCT_PARAMETER_KIND_YEARLY_RATE', name: '', displayName: '', value: '' })}
            >
              {t('parameters.add')}
            </Button>
          </>
        )}
      </Form.List>
    </fieldset>
  );
}

function ParameterRow({ place, onRemove }: { place: number; onRemove: () => void }) {
  const { t } = useTranslation('products');
  const choices = useNamedChoices();
  const kind: Parameter['kind'] | undefined = Form.useWatch((values: Values) => values.parameters?.[place]?.kind);
  return (
    <Flex gap={8} wrap align="flex-start" className="product-parameter-row">
      <Form.Item name={[place, 'displayName']} className="grow-field">
        <Input aria-label={t('parameters.displayName')} placeholder={t('parameters.displayName')} maxLength={NAME_LENGTH_MAX} />
      </Form.Item>
      <Form.Item
        name={[place, 'name']}
        className="grow-field"
        normalize={(typed: string) => typed.toLowerCase().replace(/[\s-]+/g, '_')}
        rules={[{ required: true, pattern: NAME, message: t('parameters.nameNeeded') }]}
      >
        <Input aria-label={t('parameters.name')} placeholder={t('parameters.name')} maxLength={40} className="product-code" />
      </Form.Item>
      <Form.Item name={[place, 'kind']}>
        <Select<Parameter['kind']> aria-label={t('parameters.kind')} className="product-kind-field" options={choices(KINDS)} />
      </Form.Item>
      <Form.Item name={[place, 'value']} rules={[{ required: true, pattern: VALUE, message: t('parameters.valueNeeded') }]}>
        {kind && isRate(kind) ? (
          <RateField aria-label={t('parameters.value')} className="product-value-field" />
        ) : (
          <InputNumber<string>
            aria-label={t('parameters.value')}
            className="product-value-field"
            stringMode
            controls={false}
            {...(kind && isAmount(kind) ? { prefix: '¥' } : { precision: 0 })}
          />
        )}
      </Form.Item>
      <Button type="text" icon={<MinusCircleOutlined />} aria-label={t('parameters.remove')} onClick={onRemove} />
    </Flex>
  );
}
