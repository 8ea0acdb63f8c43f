// The audit trails of several services read as one, the latest act first.
import type { Schema } from '@rm-workbench/client';
import { client } from '../../api/client';
import type { KeysetRows } from '../../design/KeysetTable';

export type AuditRecord = Schema<'operations.v1.AuditRecord'> & { service: string };

export interface Sought {
  personId: string;
  resourceId: string;
  method: string;
  /** Only acts of this instant or later, and before that one; empty for no bound. */
  from: string;
  to: string;
}

/** Where a trail is read on: its page, and the sequence below which its records are not shown yet. */
interface Place {
  token: string;
  below: number | null;
}

const PAGE_SIZE = 100;
/** Where acts before an instant are looked for, larger pages are gone through. */
const PAGE_SIZE_LOOKING_BACK = 1_000;
/** So many pages are looked through at most for one page of the list; then what was found is shown, and more can be asked for. */
const ROUNDS_MAX = 20;

type Places = Record<string, Place>;

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
  let places: Places = pageToken ? JSON.parse(pageToken) : Object.fromEntries(services.map((each) => [each, { token: '', below: null }]));
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

export interface Read {
  service: string;
  place: Place;
  records: AuditRecord[];
  nextToken: string;
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

/** What can be shown of what was read, the latest first, and where each trail is read on. */
export function merge(read: Read[]): { records: AuditRecord[]; places: Places } {
  const records: AuditRecord[] = [];
  const shown = read.map(() => 0);
  const left = (each: Read, place: number) => each.records[shown[place] ?? 0];
  // Beyond the end of a page stand records that are not read yet: nothing older than them is shown.
  while (!read.some((each, place) => each.nextToken && !left(each, place))) {
    const heads = read.map((each, place) => timeOf(left(each, place)));
    const latest = heads.indexOf(Math.max(...heads));
    const next = read[latest] && left(read[latest], latest);
    if (!next) break;
    records.push(next);
    shown[latest] = (shown[latest] ?? 0) + 1;
  }
  const places: Places = {};
  read.forEach((each, place) => {
    const last = each.records[(shown[place] ?? 0) - 1];
    if (left(each, place)) places[each.service] = { token: each.place.token, below: last ? Number(last.sequence) : each.place.below };
    else if (each.nextToken) places[each.service] = { token: each.nextToken, below: null };
  });
  return { records, places };
}

const timeOf = (record: AuditRecord | undefined) => (record?.actTime ? Date.parse(record.actTime) : Number.NEGATIVE_INFINITY);
