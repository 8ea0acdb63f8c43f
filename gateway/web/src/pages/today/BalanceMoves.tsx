import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { api, client } from '../../api/client';
import { Amount } from '../../design/Amount';
import { addDays, type Money } from '../../design/formats';
import { useProductName } from '../../design/products';
import { Loaded } from '../../design/States';
import { Text } from '../../design/Text';
import { Nothing } from './Panel';

type FigureLine = Schema<'performance.v1.FigureLine'>;

const SHOWN = 4;

/** How balances moved on the last day: by product at once, by customer where one wants to know whose they are. */
export function BalanceMoves() {
  const { t } = useTranslation('today');
  const { leads, scopePath } = useAccess();
  const [byCustomer, setByCustomer] = useState(false);
  const whose = leads ? { organisationPath: scopePath } : {};
  const figures = api.useQuery('get', '/v1/figures', { params: { query: { ...whose, period: 'PERIOD_KIND_DAY' } } });
  const name = useProductName();
  const total = figures.data?.total ? movedSince(figures.data.total) : undefined;
  const moved = (figures.data?.products ?? [])
    .flatMap((line) => {
      const change = movedSince(line);
      return change && Number(change.amount) !== 0 ? [{ code: line.productCode, change }] : [];
    })
    .sort(bySize)
    .slice(0, SHOWN);
  return (
    <div>
      <h3 className="day-overnight-title">
        {t('overnight.balance')} {total && <Amount money={total} signed />}
      </h3>
      <Loaded query={figures} rows={2} isEmpty={() => !moved.length} empty={<Nothing words={t('overnight.noMoves')} />}>
        {(data) =>
          byCustomer ? (
            <CustomerMoves asOfDate={data.asOfDate} />
          ) : (
            <>
              <ul className="day-lines">
                {moved.map(({ code, change }) => (
                  <li key={code} className="day-line-spread">
                    <span>{code ? name(code) : t('overnight.otherProducts')}</span>
                    <Amount money={change} signed />
                  </li>
                ))}
              </ul>
              {!leads && (
                <Button type="link" size="small" className="day-line-more" onClick={() => setByCustomer(true)}>
                  {t('overnight.whose')}
                </Button>
              )}
            </>
          )
        }
      </Loaded>
    </div>
  );
}

function movedSince(line: FigureLine): Money | undefined {
  return line.comparisons.find(({ kind }) => kind === 'COMPARISON_KIND_DAY_BEFORE')?.change?.balance;
}

function bySize(one: { change: Money }, other: { change: Money }): number {
  return Math.abs(Number(other.change.amount)) - Math.abs(Number(one.change.amount));
}

interface CustomerMove {
  customerId: string;
  name: string;
  change: Money;
}

function CustomerMoves({ asOfDate }: { asOfDate: string }) {
  const { t } = useTranslation('today');
  const moves = useQuery({ queryKey: ['/v1/figures:explain', 'moves', asOfDate], queryFn: () => movesOf(asOfDate) });
  return (
    <Loaded query={moves} rows={3} isEmpty={(found) => !found.length} empty={<Nothing words={t('overnight.noMoves')} />}>
      {(found) => (
        <ul className="day-lines">
          {found.slice(0, SHOWN).map(({ customerId, name, change }) => (
            <li key={customerId || name} className="day-line-spread">
              {customerId ? <Link to={`/customers/${customerId}`}>{name}</Link> : <Text>{name}</Text>}
              <Amount money={change} signed />
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

/** Each customer's balance on the day less that of the day before, the largest move first. */
async function movesOf(asOfDate: string): Promise<CustomerMove[]> {
  const [after, before] = await Promise.all([balancesOn(asOfDate), balancesOn(addDays(asOfDate, -1))]);
  const moves: CustomerMove[] = [];
  for (const number of new Set([...after.keys(), ...before.keys()])) {
    const now = after.get(number);
    const then = before.get(number);
    const cents = centsOf(now?.balance) - centsOf(then?.balance);
    const part = now ?? then;
    if (cents === 0 || !part?.balance) continue;
    const change = { currencyCode: part.balance.currencyCode, amount: (cents / 100).toFixed(2) };
    moves.push({ customerId: part.customerId, name: part.name || number, change });
  }
  return moves.sort(bySize);
}

function centsOf(money: Money | undefined): number {
  return Math.round(Number(money?.amount ?? 0) * 100);
}

async function balancesOn(dayDate: string) {
  const query = {
    dayDate,
    period: 'PERIOD_KIND_DAY',
    measure: 'FIGURE_MEASURE_BALANCE',
    by: 'EXPLAIN_BY_CUSTOMER',
    pageSize: 1000,
  } as const;
  const { data } = await client.GET('/v1/figures:explain', { params: { query } });
  return new Map(
    (data?.figureParts ?? []).map((part) => [
      part.customerNumber,
      { customerId: part.customerId, name: part.customerName, balance: part.amounts?.balance },
    ]),
  );
}
