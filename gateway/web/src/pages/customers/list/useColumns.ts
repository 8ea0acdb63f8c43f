import { useCallback, useMemo, useState } from 'react';
import { useAccess } from '../../../access/access';
import { type ColumnName, isColumn } from './columns';

const KEPT = 'customers-columns:';
const OWN: ColumnName[] = ['display_name', 'customer_number', 'kind', 'tier', 'state', 'phone', 'tags', 'update_time'];
const LED: ColumnName[] = [
  'display_name',
  'customer_number',
  'kind',
  'tier',
  'state',
  'lead_person_id',
  'organisation_path',
  'phone',
];

export interface Columns {
  chosen: readonly ColumnName[];
  choose: (chosen: ColumnName[]) => void;
  reset: () => void;
}

/** The columns of the list: what was chosen since the view was opened, else the view's, else what the person chose here before. */
export function useColumns(viewId: string, viewColumns: readonly string[] | undefined): Columns {
  const { personId, leads } = useAccess();
  const [chosenHere, setChosenHere] = useState<{ viewId: string; columns: ColumnName[] | undefined }>();
  const usual = leads ? LED : OWN;
  const chosen = useMemo(() => {
    if (chosenHere?.viewId === viewId && chosenHere.columns) return chosenHere.columns;
    const kept = viewColumns?.length ? viewColumns : keptColumns(personId);
    return withName(kept.filter(isColumn)) ?? usual;
  }, [chosenHere, viewId, viewColumns, personId, usual]);
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
  return { chosen, choose, reset };
}

function keptColumns(personId: string): string[] {
  return localStorage.getItem(KEPT + personId)?.split(',') ?? [];
}

function withName(columns: ColumnName[]): ColumnName[] | undefined {
  if (!columns.length) return undefined;
  return ['display_name', ...columns.filter((name) => name !== 'display_name')];
}
