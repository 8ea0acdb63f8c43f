import type { Customer } from '../customer';

export function SharesTab({ customer }: { customer: Customer }) {
  return <p>{customer.displayName}</p>;
}
