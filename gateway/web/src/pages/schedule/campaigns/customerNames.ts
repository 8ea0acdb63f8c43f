import { client } from '../../../api/client';

/** What customers are called by their ids; without those whom the caller does not reach. */
export async function namesOf(customerIds: string[]): Promise<Map<string, string>> {
  if (!customerIds.length) return new Map();
  const filter = customerIds.map((customerId) => `customer_id = "${customerId}"`).join(' OR ');
  const { data } = await client.POST('/v1/customers:list', { body: { filter, pageSize: customerIds.length } });
  return new Map(data?.customers.map((customer) => [customer.customerId, customer.displayName]));
}
