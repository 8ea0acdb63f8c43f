// Products by the bank's codes, with the names of the catalogue where the deployment has one.
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../access/access';
import { client } from '../api/client';

/** The products of the catalogue; undefined while they are not there, or where the person may not read them. */
export function useCatalogue() {
  const { may } = useAccess();
  return useQuery({
    queryKey: ['/v1/products', 'names'],
    queryFn: async () => (await client.GET('/v1/products', { params: { query: { pageSize: 1000 } } })).data?.products ?? [],
    enabled: may('performance.product.read'),
    staleTime: 10 * 60_000,
  }).data;
}

/** What a product is called; its code where the catalogue does not know it. */
export function useProductName(): (code: string) => string {
  const catalogue = useCatalogue();
  const { i18n } = useTranslation();
  return useCallback(
    (code) => {
      const version = catalogue?.find((product) => product.productCode === code)?.version;
      return (i18n.language === 'zh' ? version?.displayName : version?.englishName || version?.displayName) || code;
    },
    [catalogue, i18n.language],
  );
}
