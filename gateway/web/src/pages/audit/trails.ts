// The audit trails of several services read as one, the latest act first.
import { client } from '../../api/client';
import type { KeysetRows } from '../../design/KeysetTable';
import { type AuditRecord, isBelow, merge, type Place, type Places, type Read } from './merging';

export interface Sought {
  personId: string;
  resourceId: string;
  method: string;
  /** Empty for any, `OK` for what was done, `REFUSED` for what was not. */
  outcome: string;
  /** Only acts of this instant or later, and before that one; empty for no bound. */
  from: string;
  to: string;
}

const PAGE_SIZE = 100;

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
  // A page of which all is shown yields nothing, and leads to the next.
  while (rows.length === 0 && Object.keys(places).length) {
    const read = await Promise.all(Object.entries(places).map(([service, place]) => readTrail(service, place, sought, signal)));
    const merged = merge(read);
    places = merged.places;
    rows.push(...merged.records);
  }
  return { rows, nextPageToken: Object.keys(places).length ? JSON.stringify(places) : '' };
}

async function readTrail(service: string, place: Place, sought: Sought, signal: AbortSignal): Promise<Read> {
  const { personId, resourceId, method, outcome, from, to } = sought;
  const query = {
    pageSize: PAGE_SIZE,
    pageToken: place.token,
    personId,
    resourceId,
    method,
    ...(outcome === 'OK' ? { outcome } : {}),
    ...(outcome === 'REFUSED' ? { refused: true } : {}),
    ...(from ? { startTime: from } : {}),
    ...(to ? { endTime: to } : {}),
  };
  const { data } = await client.GET('/v1/operations/{service}/auditRecords', { params: { path: { service }, query }, signal });
  const { below } = place;
  const records = (data?.auditRecords ?? [])
    .map((record) => ({ ...record, service }))
    .filter((record) => below === null || isBelow(record, below));
  return { service, place, records, nextToken: data?.nextPageToken ?? '' };
}
