import { InputNumber } from 'antd';
import { fractionOf, percentOf } from './rates';

interface Props {
  id?: string;
  value?: string;
  onChange?: (fraction: string) => void;
  className?: string;
  'aria-label'?: string;
}

/** Eight decimals of a fraction are six of a percentage. */
const DECIMALS_MAX = 6;

/** A rate, typed in percent; its value is the fraction of the contract. */
export function RateField({ value, onChange, ...look }: Props) {
  return (
    <InputNumber<string>
      {...look}
      stringMode
      controls={false}
      suffix="%"
      value={value ? percentOf(value) : null}
      parser={(shown) => (shown ?? '').replace(/[^\d.-]/g, '').replace(new RegExp(`(\\.\\d{${DECIMALS_MAX}})\\d+`), '$1')}
      onChange={(percent) => onChange?.(percent ? fractionOf(percent) : '')}
    />
  );
}
