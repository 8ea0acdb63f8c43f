import { Flex } from 'antd';
import type { Customer } from '../customer';
import { Entries } from './Entries';
import { FieldChanges } from './FieldChanges';

/** How the record came to be what it is: who changed which field, and what was kept of the customer's life. */
export function HistoryTab({ customer }: { customer: Customer }) {
  return (
    <Flex vertical gap={16}>
      <FieldChanges customer={customer} />
      <Entries customer={customer} />
    </Flex>
  );
}
