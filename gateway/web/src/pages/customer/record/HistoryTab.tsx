import type { Customer } from '../customer';

export function HistoryTab({ customer }: { customer: Customer }) {
  return <p>{customer.displayName}</p>;
}
