// Pages of several trails put into one order.
import type { Schema } from '@rm-workbench/client';

export type AuditRecord = Schema<'operations.v1.AuditRecord'> & { service: string };

/** Where a record stands in its trail: by when its act was, to the microsecond, then by its number. */
export interface Mark {
  time: string;
  sequence: number;
}

/** Where a trail is read on: its page, and the record below which its records are not shown yet. */
export interface Place {
  token: string;
  below: Mark | null;
}

export type Places = Record<string, Place>;

export interface Read {
  service: string;
  place: Place;
  records: AuditRecord[];
  nextToken: string;
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
    if (left(each, place)) places[each.service] = { token: each.place.token, below: last ? markOf(last) : each.place.below };
    else if (each.nextToken) places[each.service] = { token: each.nextToken, below: null };
  });
  return { records, places };
}

const timeOf = (record: AuditRecord | undefined) => (record?.actTime ? Date.parse(record.actTime) : Number.NEGATIVE_INFINITY);

const FRACTION_DIGITS = 9;

/** The gateway writes only as many digits of a second as it needs: filled up, instants compare as texts. */
export function markOf({ actTime = '', sequence }: Pick<AuditRecord, 'actTime' | 'sequence'>): Mark {
  const [seconds = '', fraction = ''] = actTime.replace('Z', '').split('.');
  return { time: `${seconds}.${fraction.padEnd(FRACTION_DIGITS, '0')}`, sequence: Number(sequence) };
}

export function isBelow(record: AuditRecord, mark: Mark): boolean {
  const { time, sequence } = markOf(record);
  return time === mark.time ? sequence < mark.sequence : time < mark.time;
}
