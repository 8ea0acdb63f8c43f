import { useCallback, useMemo, useState } from 'react';
import { useAccess } from '../../../access/access';
import { BALANCES } from './balances';
import { type ColumnName, columnsFor } from './columns';

const KEPT = 'customers-columns:';
const OWN: ColumnName[] = ['display_name', 'customer_number', 'kind', 'tier', 'state', ...BALANCES, 'phone', 'tags'];
const LED: ColumnName[] = [
  'display_name',
  'customer_number',
  'kind',
  'tier',
  'state',
  ...BALANCES,
  'lead_person_id',
  'organisation_path',
];

export interface Columns {
  /** All that there are for the person. */
  names: readonly ColumnName[];
  chosen: readonly ColumnName[];
  choose: (chosen: ColumnName[]) => void;
  reset: () => void;
}

/** The columns of the list: what was chosen since the view was opened, else the view's, else what the person chose here before. */
export function useColumns(viewId: string, viewColumns: readonly string[] | undefined): Columns {
  const { personId, leads, may } = useAccess();
  const mayReadHoldings = may('customer.holding.read');
  const names = useMemo(() => columnsFor(mayReadHoldings), [mayReadHoldings]);
  const [chosenHere, setChosenHere] = useState<{ viewId: string; columns: ColumnName[] | undefined }>();
  const usual = leads ? LED : OWN;
  const chosen = useMemo(() => {
    if (chosenHere?.viewId === viewId && chosenHere.columns) return chosenHere.columns;
    const kept = viewColumns?.length ? viewColumns : keptColumns(personId);
    const known = (columns: readonly string[]) => names.filter((name) => columns.includes(name)).sort(byPlaceIn(columns));
    return withName(known(kept)) ?? known(usual);
  }, [chosenHere, viewId, viewColumns, personId, usual, names]);
  const choose = useCallback(
    (columns: ColumnName[]) => {
      if (!viewId) localStorage.setItem(KEPT + personId, columns.join(','));
      setChosenHere({ viewId, columns });
    },
    [viewId, personId],
  );
  const reset = useCallback(() => {
    if (!viewId) localStorage.removeItem(KEPT + personId);
    setChosenHere({ viewId, columns: undefined });
  }, [viewId, personId]);
  return { names, chosen, choose, reset };
}

function keptColumns(personId: string): string[] {
  return localStorage.getItem(KEPT + personId)?.split(',') ?? [];
}

const byPlaceIn = (columns: readonly string[]) => (one: ColumnName, other: ColumnName) =>
  columns.indexOf(one) - columns.indexOf(other);

function withName(columns: ColumnName[]): ColumnName[] | undefined {
  if (!columns.length) return undefined;
  return ['display_name', ...columns.filter((name) => name !== 'display_name')];
}
