// What the form offers: people of the customer, products of the bank.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';

/** The customer's people who decide; none for a person, who has none. */
export function useKeyPersons(customerId: string | undefined) {
  const { may } = useAccess();
  return useQuery({
    queryKey: [`/v1/customers/${customerId}/keyPersons`],
    queryFn: async () => {
      const path = { customerId: customerId ?? '' };
      return (await client.GET('/v1/customers/{customerId}/keyPersons', { params: { path } })).data?.keyPersons ?? [];
    },
    enabled: Boolean(customerId) && may('customer.record.read'),
    staleTime: 5 * 60_000,
  });
}

/** The products that the bank calculates, by its own names: what is chosen is kept as a word, not as a code that nobody reads. */
export function useProductChoices(): { value: string; label: string }[] {
  const { may } = useAccess();
  const { i18n } = useTranslation();
  const products = useQuery({
    queryKey: ['/v1/products', 'names'],
    queryFn: async () => (await client.GET('/v1/products', { params: { query: { pageSize: 200 } } })).data?.products ?? [],
    enabled: may('performance.product.read'),
    staleTime: 10 * 60_000,
  });
  return (products.data ?? []).flatMap(({ version }) =>
    version ? [{ value: version.displayName, label: i18n.language === 'zh' ? version.displayName : version.englishName }] : [],
  );
}
