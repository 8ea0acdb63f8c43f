import { useQuery } from '@tanstack/react-query';
import { client } from '../../api/client';

/** How many names one question asks for: its filter has an end. */
const NAMES_MAX = 40;

/** What customers are called, by their ids, asked for in one question. */
export function useCustomerNames(customerIds: string[]): (customerId: string) => string | undefined {
  const ids = [...new Set(customerIds)].sort().slice(0, NAMES_MAX);
  const names = useQuery({
    queryKey: ['/v1/customers:list', 'names', ids],
    queryFn: async ({ signal }) => {
      const filter = ids.map((id) => `customer_id = "${id}"`).join(' OR ');
      const { data } = await client.POST('/v1/customers:list', { body: { filter, pageSize: NAMES_MAX }, signal });
      return new Map(data?.customers.map((customer) => [customer.customerId, customer.displayName]));
    },
    enabled: ids.length > 0,
    staleTime: 5 * 60_000,
  });
  return (customerId) => names.data?.get(customerId);
}
