import { Tooltip } from 'antd';
import { type Money, useFormats } from './formats';

/** An amount of money in short, exact to the cent on hover and for screen readers; `exact` writes it out. */
export function Amount({ money, exact, signed }: { money: Money | undefined; exact?: boolean; signed?: boolean }) {
  const formats = useFormats();
  const whole = formats.money(money);
  const falls = money?.amount.startsWith('-');
  const rises = !falls && Number(money?.amount ?? 0) !== 0;
  const plus = signed && rises ? '+' : '';
  const className = signed && (falls || rises) ? `amount ${falls ? 'amount-falls' : 'amount-rises'}` : 'amount';
  if (exact || !money) return <span className={className}>{plus + whole}</span>;
  return (
    <Tooltip title={whole}>
      <span className={className}>{plus + formats.moneyShort(money)}</span>
    </Tooltip>
  );
}
