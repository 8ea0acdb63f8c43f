import type { Customer } from '../customer';

export function ContactsTab({ customer }: { customer: Customer }) {
  return <p>{customer.displayName}</p>;
}
