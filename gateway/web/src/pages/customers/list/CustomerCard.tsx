import { Card, Checkbox, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Customer } from '../customer';
import { stateTag, tierTag, type Words } from './columns';

interface Props {
  customer: Customer;
  words: Words;
  selected?: boolean;
  onSelect?: (selected: boolean) => void;
}

/** A customer in the list of a phone. */
export function CustomerCard({ customer, words, selected, onSelect }: Props) {
  const { t } = useTranslation('customers');
  const { named, leadName } = words;
  const facts = [named(customer.kind), leadName(customer.leadPersonId), customer.phone].filter(Boolean);
  return (
    <Card size="small">
      <Flex gap={10} align="start">
        {onSelect && (
          <Checkbox
            checked={selected === true}
            onChange={(event) => onSelect(event.target.checked)}
            aria-label={t('list.select', { name: customer.displayName })}
          />
        )}
        <Flex vertical gap={4} flex={1} className="card-facts">
          <Flex justify="space-between" gap={8}>
            <Link to={`/customers/${customer.customerId}`} className="customer-name">
              {customer.displayName}
            </Link>
            <span>
              {tierTag(customer.tier, named)}
              {customer.state === 'CUSTOMER_STATE_ACTIVE' ? null : stateTag(customer.state, named)}
            </span>
          </Flex>
          <Typography.Text type="secondary">{customer.customerNumber}</Typography.Text>
          <Typography.Text type="secondary">{facts.join(' · ')}</Typography.Text>
        </Flex>
      </Flex>
    </Card>
  );
}
