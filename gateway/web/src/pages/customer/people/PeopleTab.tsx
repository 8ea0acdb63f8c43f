import type { Customer } from '../customer';

export function PeopleTab({ customer }: { customer: Customer }) {
  return <p>{customer.displayName}</p>;
}
