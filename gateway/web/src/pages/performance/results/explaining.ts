// What a figure is made of, as it is asked for.
import type { Schema } from '@rm-workbench/client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { client } from '../../../api/client';
import { NONE, periodQuery, type ResultFilters, type Subject } from './filters';

export type By =
  | 'EXPLAIN_BY_PRODUCT'
  | 'EXPLAIN_BY_CUSTOMER'
  | 'EXPLAIN_BY_ACCOUNT'
  | 'EXPLAIN_BY_PERIOD'
  | 'EXPLAIN_BY_ACCOUNT_DAY';
export type Part = Schema<'performance.v1.FigurePart'>;
export type Explanation = Schema<'performance.v1.ExplainFigureResponse'>;

const PAGE_SIZE = 100;
/** All days of an account stand under each other. */
const DAYS_PAGE_SIZE = 400;

/** An empty code asks for what no product takes: it is sent, and sent empty. */
const sent = (chosen: string) => (chosen === NONE ? '' : chosen);

export function useExplanation(subject: Subject, filters: ResultFilters, by: By) {
  const { product, customer, account } = filters;
  const query = {
    ...periodQuery(subject),
    measure: subject.measure,
    by,
    pageSize: by === 'EXPLAIN_BY_ACCOUNT_DAY' ? DAYS_PAGE_SIZE : PAGE_SIZE,
    ...(product ? { productCode: sent(product) } : {}),
    ...(customer ? { customerNumber: sent(customer) } : {}),
    ...(account ? { account } : {}),
  };
  return useInfiniteQuery({
    queryKey: ['/v1/figures:explain', query],
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await client.GET('/v1/figures:explain', {
        params: { query: { ...query, ...(pageParam ? { pageToken: pageParam } : {}) } },
        signal,
      });
      if (!data) throw new Error('no explanation');
      return data;
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextPageToken || undefined,
    // A run that came between two looks is refused; the same call passes in a moment.
    retry: 2,
    retryDelay: 1_000,
  });
}

/** What the chosen customer is called; its number until that is known. */
export function useCustomerName(subject: Subject, customer: string): string {
  const known = useQuery({
    queryKey: ['/v1/figures:explain', 'name', subject.personId, subject.period, subject.day, customer],
    queryFn: async () => {
      const query = {
        ...periodQuery(subject),
        measure: 'FIGURE_MEASURE_BALANCE' as const,
        by: 'EXPLAIN_BY_CUSTOMER' as const,
        customerNumber: customer,
        pageSize: 1,
      };
      return (await client.GET('/v1/figures:explain', { params: { query } })).data?.figureParts[0]?.customerName ?? '';
    },
    enabled: customer !== '' && customer !== NONE,
    staleTime: 10 * 60_000,
  });
  return known.data || customer;
}
