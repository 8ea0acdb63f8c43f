// What the form offers: people of the customer, products of the bank.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { useCatalogue } from '../../design/products';

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

/** The products of the catalogue, by the bank's own names: what is chosen is kept as a word, not as a code that nobody reads. */
export function useProductChoices(): { value: string; label: string }[] {
  const { i18n } = useTranslation();
  return (useCatalogue() ?? []).flatMap(({ version }) =>
    version
      ? [{ value: version.displayName, label: (i18n.language === 'zh' ? '' : version.englishName) || version.displayName }]
      : [],
  );
}
