import type { Customer } from '../customer';

export function HoldingsTab({ customer }: { customer: Customer }) {
  return <p>{customer.displayName}</p>;
}
