import type { Customer } from '../customer';

export function OverviewTab({ customer }: { customer: Customer }) {
  return <p>{customer.displayName}</p>;
}
