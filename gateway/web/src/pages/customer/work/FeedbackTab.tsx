import type { Customer } from '../customer';

export function FeedbackTab({ customer }: { customer: Customer }) {
  return <p>{customer.displayName}</p>;
}
