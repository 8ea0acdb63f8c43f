import type { ListPage } from '@rm-workbench/client';
import { pages } from '@rm-workbench/client';

/** More than that no screen shows. */
const ROWS_MAX = 3_000;

/** All rows of a list that is short enough to be shown whole. */
export async function everything<Answer extends ListPage, Row>(
  ask: (pageToken: string) => Promise<{ data?: Answer }>,
  rowsOf: (page: Answer) => Row[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages(ask)) {
    rows.push(...rowsOf(page));
    if (rows.length >= ROWS_MAX) break;
  }
  return rows;
}
