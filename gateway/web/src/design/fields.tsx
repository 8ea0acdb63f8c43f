// Fields whose values are those of the contract, so that a draft of them survives as JSON.
import { DatePicker, type DatePickerProps, InputNumber } from 'antd';
import dayjs from 'dayjs';
import type { Money } from './formats';

interface DateProps extends Pick<DatePickerProps, 'id' | 'aria-label' | 'placeholder' | 'allowClear' | 'className'> {
  value?: string;
  onChange?: (value: string) => void;
  min?: string;
  max?: string;
}

/** A business date, `YYYY-MM-DD`; empty for none. */
export function DateField({ value, onChange, min, max, ...look }: DateProps) {
  return (
    <DatePicker
      {...look}
      value={value ? dayjs(value) : null}
      onChange={(day) => onChange?.(day ? day.format('YYYY-MM-DD') : '')}
      {...(min ? { minDate: dayjs(min) } : {})}
      {...(max ? { maxDate: dayjs(max) } : {})}
    />
  );
}

interface MoneyProps {
  id?: string;
  value?: Money | undefined;
  onChange?: (value: Money | undefined) => void;
  'aria-label'?: string;
}

/** An amount to the cent, of the currency that it had; of the bank's own where it is new. */
export function MoneyField({ value, onChange, ...look }: MoneyProps) {
  const currencyCode = value?.currencyCode ?? 'CNY';
  return (
    <InputNumber<string>
      {...look}
      className="money-field"
      stringMode
      min="0"
      precision={2}
      controls={false}
      value={value?.amount ?? null}
      prefix={currencyCode}
      formatter={(typed) => `${typed ?? ''}`.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',')}
      parser={(shown) => (shown ?? '').replace(/[,，\s]/g, '')}
      onChange={(amount) => onChange?.(amount ? { currencyCode, amount: String(amount) } : undefined)}
    />
  );
}
