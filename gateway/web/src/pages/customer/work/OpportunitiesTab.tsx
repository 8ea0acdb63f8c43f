import type { Customer } from '../customer';

export function OpportunitiesTab({ customer }: { customer: Customer }) {
  return <p>{customer.displayName}</p>;
}
