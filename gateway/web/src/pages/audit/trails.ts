// The audit trails of several services read as one, the latest act first.
import { client } from '../../api/client';
import type { KeysetRows } from '../../design/KeysetTable';
import { type AuditRecord, merge, type Place, type Places, type Read } from './merging';

export interface Sought {
  personId: string;
  resourceId: string;
  method: string;
  /** Only acts of this instant or later, and before that one; empty for no bound. */
  from: string;
  to: string;
}

const PAGE_SIZE = 100;
/** Where acts before an instant are looked for, larger pages are gone through. */
const PAGE_SIZE_LOOKING_BACK = 1_000;
/** So many pages are looked through at most for one page of the list; then what was found is shown, and more can be asked for. */
const ROUNDS_MAX = 20;

/**
 * The next page of the trails together. Its token holds a place in each trail that has more; a trail that is through has none.
 *
 * A record is shown once no trail can have a later one that is not read yet.
 */
export async function readTrails(
  services: string[],
  sought: Sought,
  pageToken: string,
  signal: AbortSignal,
): Promise<KeysetRows<AuditRecord>> {
  let places: Places = pageToken
    ? JSON.parse(pageToken)
    : Object.fromEntries(services.map((each) => [each, { token: '', below: null }]));
  const rows: AuditRecord[] = [];
  for (let round = 0; round < ROUNDS_MAX && rows.length === 0 && Object.keys(places).length; round += 1) {
    const read = await Promise.all(Object.entries(places).map(([service, place]) => readTrail(service, place, sought, signal)));
    const merged = merge(read);
    places = merged.places;
    rows.push(...merged.records.filter(({ actTime = '' }) => !sought.to || Date.parse(actTime) < Date.parse(sought.to)));
    if (sought.from && merged.records.some(({ actTime = '' }) => Date.parse(actTime) < Date.parse(sought.from))) {
      places = {};
    }
  }
  const shown = rows.filter(({ actTime = '' }) => !sought.from || Date.parse(actTime) >= Date.parse(sought.from));
  return { rows: shown, nextPageToken: Object.keys(places).length ? JSON.stringify(places) : '' };
}

async function readTrail(service: string, place: Place, sought: Sought, signal: AbortSignal): Promise<Read> {
  const { personId, resourceId, method, to } = sought;
  const query = { pageSize: to ? PAGE_SIZE_LOOKING_BACK : PAGE_SIZE, pageToken: place.token, personId, resourceId, method };
  const { data } = await client.GET('/v1/operations/{service}/auditRecords', { params: { path: { service }, query }, signal });
  const records = (data?.auditRecords ?? [])
    .filter(({ sequence }) => place.below === null || Number(sequence) < place.below)
    .map((record) => ({ ...record, service }));
  return { service, place, records, nextToken: data?.nextPageToken ?? '' };
}
