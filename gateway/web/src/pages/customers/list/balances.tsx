// What the listed customers have: asked for the rows of a page in one call, where a column shows it.
import type { Schema } from '@rm-workbench/client';
import type { ReactNode } from 'react';
import { client } from '../../../api/client';
import type { Formats } from '../../../design/formats';
import type { Customer } from '../customer';

type Balances = Schema<'customer.v1.CustomerBalances'>;

export const BALANCES = ['assets', 'deposits', 'loans'] as const;
export type BalanceName = (typeof BALANCES)[number];

/** A customer of the list; without balances where no column asks for them, or they could not be had. */
export interface ListedCustomer extends Customer {
  balances?: Balances | undefined;
}

export function isBalance(name: string): name is BalanceName {
  return (BALANCES as readonly string[]).includes(name);
}

/** The customers with what they have. A list without it is still of use: a failure leaves it out. */
export async function withBalances(customers: Customer[], signal: AbortSignal): Promise<ListedCustomer[]> {
  if (!customers.length) return customers;
  const body = { customerIds: customers.map(({ customerId }) => customerId) };
  const answer = await client.POST('/v1/customers:batchGetBalances', { body, signal }).catch(() => undefined);
  const known = new Map(answer?.data?.customerBalances.map((each) => [each.customerId, each]));
  return customers.map((customer) => ({ ...customer, balances: known.get(customer.customerId) }));
}

/**
 * In the bank's own currency where there is any of it, in short; the others are counted, and all written out on hover.
 *
 * Without the tooltips of `Amount`: three for each row of a long list would be felt as it scrolls.
 */
export function balanceCell(name: BalanceName, { balances }: ListedCustomer, formats: Formats): ReactNode {
  const amounts = [...(balances?.[name] ?? [])].sort((one, other) => Number(isOwn(other)) - Number(isOwn(one)));
  const [first, ...others] = amounts;
  if (!first) return null;
  return (
    <span className="amount" title={amounts.map((money) => formats.money(money)).join(' · ')}>
      {formats.moneyShort(first)}
      {others.length > 0 && ` +${others.length}`}
    </span>
  );
}

const OWN_CURRENCY = 'CNY';
const isOwn = ({ currencyCode }: { currencyCode: string }) => currencyCode === OWN_CURRENCY;
