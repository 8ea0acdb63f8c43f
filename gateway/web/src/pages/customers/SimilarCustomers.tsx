import type { Refusal } from '@rm-workbench/client';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Alert, Button, Flex, Form, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { Named, useNamed } from '../../design/Named';
import { useDebounced } from '../../design/useDebounced';
import type { Customer } from './customer';

const NAME_LENGTH_MIN = 2;
const PHONE_LENGTH_MIN = 8;
const IDENTIFIER_LENGTH_MIN = 15;
const SHOWN = 4;

/** Customers who are found by what is typed so far: maybe the record is there already. */
export function SimilarCustomers() {
  const { t } = useTranslation('customers');
  const name: string = useDebounced(Form.useWatch('displayName') ?? '', 400).trim();
  const phone: string = useDebounced(Form.useWatch('phone') ?? '', 400).trim();
  const identifier: string = useDebounced(Form.useWatch('identifier') ?? '', 400).trim();
  const asked = [
    name.length >= NAME_LENGTH_MIN ? name : '',
    phone.length >= PHONE_LENGTH_MIN ? phone : '',
    identifier.length >= IDENTIFIER_LENGTH_MIN ? identifier : '',
  ].filter(Boolean);
  const found = useQueries({
    queries: asked.map((query) => ({
      queryKey: ['/v1/customers:search', query, SHOWN],
      queryFn: async () => (await client.POST('/v1/customers:search', { body: { query, pageSize: SHOWN } })).data?.hits ?? [],
    })),
  });
  const customers = new Map<string, Customer>();
  for (const { data } of found) {
    for (const { customer } of data ?? []) if (customer) customers.set(customer.customerId, customer);
  }
  if (!customers.size) return null;
  return (
    <Alert
      className="form-note"
      type="warning"
      showIcon
      title={t('create.similar')}
      description={<CustomerLinks customers={[...customers.values()].slice(0, SHOWN)} />}
    />
  );
}

/** The refusal of a second record of one customer: who that is, why, and the way on. */
export function LikelyDuplicates({ refusal, busy, onAccept }: { refusal: Refusal; busy: boolean; onAccept: () => void }) {
  const { t } = useTranslation('customers');
  const named = useNamed();
  const customerIds = (refusal.metadata.customerIds ?? '').split(',').filter(Boolean);
  const reasons = (refusal.metadata.reasons ?? '').split(',').filter(Boolean);
  const found = useQuery({
    queryKey: ['/v1/customers', 'likely', refusal.metadata.customerIds],
    queryFn: () =>
      Promise.all(
        customerIds.map(
          async (customerId) => (await client.GET('/v1/customers/{customerId}', { params: { path: { customerId } } })).data,
        ),
      ),
  });
  return (
    <Alert
      className="form-note"
      type="error"
      showIcon
      title={t('create.likely')}
      description={
        <Flex vertical gap={8}>
          <div>
            {reasons.map((reason) => (
              <Tag key={reason}>{named(`DUPLICATE_REASON_KIND_${reason}`)}</Tag>
            ))}
          </div>
          <CustomerLinks customers={(found.data ?? []).filter((customer) => customer !== undefined)} />
          <div>
            <Button danger loading={busy} onClick={onAccept}>
              {t('create.accept')}
            </Button>
          </div>
        </Flex>
      }
    />
  );
}

function CustomerLinks({ customers }: { customers: Customer[] }) {
  return (
    <ul className="similar">
      {customers.map((customer) => (
        <li key={customer.customerId}>
          <a href={`/app/customers/${customer.customerId}`} target="_blank" rel="noreferrer">
            {customer.displayName}
          </a>{' '}
          <Typography.Text type="secondary">
            {customer.customerNumber} · <Named value={customer.kind} /> · {customer.phone}
          </Typography.Text>
        </li>
      ))}
    </ul>
  );
}
