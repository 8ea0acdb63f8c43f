// The balances that a hand-over gives to each receiver, summed from the customers' own summaries; unlike currencies are never added.
import { useQuery } from '@tanstack/react-query';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import type { Money } from '../../../design/formats';
import type { HandOver } from './handOver';
import { sumOf } from './sums';

/** Of more customers than these nobody waits for the summaries. */
export const SUMMED_CUSTOMERS_MAX = 60;
const AT_ONCE = 6;

export type SummedGroup = 'deposits' | 'wealth' | 'loans';
const GROUPS: Record<string, SummedGroup> = {
  HOLDING_GROUP_DEPOSITS: 'deposits',
  HOLDING_GROUP_WEALTH: 'wealth',
  HOLDING_GROUP_LOANS: 'loans',
};

/** By receiver and group, one amount per currency. */
export type Balances = Map<string, Map<SummedGroup, Money[]>>;

export function useBalances(handOver: HandOver) {
  const { may } = useAccess();
  const { handOverId, customerCount } = handOver;
  return useQuery({
    queryKey: ['/v1/handOvers', handOverId, 'balances', handOver.etag],
    queryFn: () => balancesOf(handOverId),
    enabled: may('customer.holding.read') && customerCount > 0 && customerCount <= SUMMED_CUSTOMERS_MAX,
    staleTime: 5 * 60_000,
  });
}

async function balancesOf(handOverId: string): Promise<Balances> {
  const { data } = await client.GET('/v1/handOvers/{handOverId}/customers', {
    params: { path: { handOverId }, query: { pageSize: 1000 } },
  });
  // Whoever looks may not reach all of them: then the sums are of those whom he does.
  const members = (data?.customers ?? []).filter(({ customerNumber, leadPersonId }) => customerNumber && leadPersonId);
  const balances: Balances = new Map();
  for (let start = 0; start < members.length; start += AT_ONCE) {
    await Promise.all(
      members.slice(start, start + AT_ONCE).map(async ({ customerId, leadPersonId }) => {
        const path = { customerId };
        const summary = (await client.GET('/v1/customers/{customerId}/holdings:summary', { params: { path } })).data;
        for (const { group, figures } of summary?.totals ?? []) {
          const known = GROUPS[group];
          if (known && figures?.balance) add(balances, leadPersonId, known, figures.balance);
        }
      }),
    );
  }
  return balances;
}

function add(balances: Balances, receiverId: string, group: SummedGroup, money: Money): void {
  const groups = balances.get(receiverId) ?? new Map<SummedGroup, Money[]>();
  balances.set(receiverId, groups);
  const amounts = groups.get(group) ?? [];
  const others = amounts.filter(({ currencyCode }) => currencyCode !== money.currencyCode);
  const same = amounts.find(({ currencyCode }) => currencyCode === money.currencyCode);
  groups.set(group, [...others, { ...money, amount: same ? sumOf(same.amount, money.amount) : money.amount }]);
}
