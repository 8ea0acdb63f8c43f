import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Flex, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNamedChoices } from '../../../design/Named';
import type { FtpMethod, Values } from './formValues';
import { useFundsWords } from './funds';
import { RateField } from './RateField';

const METHODS = ['FTP_METHOD_MATCHED', 'FTP_METHOD_POOL', 'FTP_METHOD_FIXED', 'FTP_METHOD_NONE'] as const satisfies FtpMethod[];
const BASES = ['DAY_BASIS_DAYS_360', 'DAY_BASIS_DAYS_365', 'DAY_BASIS_ACTUAL'] as const satisfies Values['dayBasis'][];
const DAYS_MAX = 36_600;
const COEFFICIENT = /^(0|[1-9][0-9]{0,2})(\.[0-9]{1,8})?$/;

/** How the price of funds is found, a year is divided, and a balance counts. */
export function FundsFields() {
  const { t } = useTranslation('products');
  const choices = useNamedChoices();
  const funds = useFundsWords();
  const method: FtpMethod = Form.useWatch('ftpMethod') ?? 'FTP_METHOD_NONE';
  const days: number | null = Form.useWatch('ftpTenorDays') ?? 0;
  const rate: string = Form.useWatch('fixedFtpRate') ?? '';
  const said = funds.whole({ ftpMethod: method, ftpTenorDays: days ?? 0, fixedFtpRate: rate || '0' });
  return (
    <fieldset className="performance-rows">
      <legend>{t('form.terms')}</legend>
      <div className="form-columns">
        <Form.Item name="ftpMethod" label={t('funds.label')} extra={said}>
          <Select<FtpMethod> options={choices(METHODS)} />
        </Form.Item>
        {method === 'FTP_METHOD_POOL' && (
          <Form.Item name="ftpTenorDays" label={t('funds.tenor')} rules={[{ required: true, message: t('funds.tenorNeeded') }]}>
            <InputNumber<number> min={0} max={DAYS_MAX} precision={0} suffix={t('days')} className="product-value-field" />
          </Form.Item>
        )}
        {method === 'FTP_METHOD_FIXED' && (
          <Form.Item name="fixedFtpRate" label={t('funds.rate')} rules={[{ required: true, message: t('funds.rateNeeded') }]}>
            <RateField className="product-value-field" />
          </Form.Item>
        )}
      </div>
      <div className="form-columns">
        <Form.Item name="dayBasis" label={t('dayBasis')}>
          <Select<Values['dayBasis']> options={choices(BASES)} />
        </Form.Item>
        <Form.Item
          name="coefficient"
          label={t('coefficient')}
          extra={t('form.coefficientHint')}
          rules={[{ pattern: COEFFICIENT, message: t('form.coefficientNeeded') }]}
        >
          <Input inputMode="decimal" className="product-value-field" />
        </Form.Item>
      </div>
      <CurrencyBases />
    </fieldset>
  );
}

/** Currencies that divide their year otherwise. */
function CurrencyBases() {
  const { t } = useTranslation('products');
  const choices = useNamedChoices();
  return (
    <Form.List name="currencyDayBases">
      {(fields, { add, remove }) => (
        <Flex vertical gap={8} align="flex-start">
          <span>{t('fields.currency_day_bases')}</span>
          {fields.map((field) => (
            <Flex key={field.key} gap={8} align="flex-start">
              <Form.Item
                name={[field.name, 'currencyCode']}
                className="product-row-field"
                normalize={(typed: string) => typed.toUpperCase()}
                rules={[{ required: true, pattern: /^[A-Z]{3}$/, message: t('form.currencyNeeded') }]}
              >
                <Input aria-label={t('form.currency')} placeholder="USD" maxLength={3} className="product-currency-field" />
              </Form.Item>
              <Form.Item name={[field.name, 'dayBasis']} className="product-row-field">
                <Select aria-label={t('dayBasis')} className="product-kind-field" options={choices(BASES)} />
              </Form.Item>
              <Button
                type="text"
                icon={<MinusCircleOutlined />}
                aria-label={t('form.removeCurrency')}
                onClick={() => remove(field.name)}
              />
            </Flex>
          ))}
          <Button size="small" icon={<PlusOutlined />} onClick={() => add({ currencyCode: '', dayBasis: 'DAY_BASIS_DAYS_365' })}>
            {t('form.addCurrency')}
          </Button>
        </Flex>
      )}
    </Form.List>
  );
}
