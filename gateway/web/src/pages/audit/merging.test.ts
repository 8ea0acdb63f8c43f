import { describe, expect, it } from 'vitest';
import { type AuditRecord, isBelow, markOf, merge, type Read } from './merging';

function read(service: string, sequences: number[], nextToken = ''): Read {
  const records = sequences.map((sequence) => ({
    service,
    sequence: String(sequence),
    actTime: new Date(sequence * 1000).toISOString(),
  }));
  return { service, place: { token: '', below: null }, records: records as AuditRecord[], nextToken };
}

const sequencesOf = (records: AuditRecord[]) => records.map(({ sequence }) => Number(sequence));

describe('trails read as one', () => {
  it('stand in the order of their acts', () => {
    const { records, places } = merge([read('a', [9, 4]), read('b', [7, 6])]);
    expect(sequencesOf(records)).toEqual([9, 7, 6, 4]);
    expect(places).toEqual({});
  });

  it('show nothing older than what is not read yet', () => {
    const { records, places } = merge([read('a', [9, 8], 'more'), read('b', [7, 3])]);
    expect(sequencesOf(records)).toEqual([9, 8]);
    expect(places).toEqual({ a: { token: 'more', below: null }, b: { token: '', below: null } });
  });

  it('are read on below what was shown of a page', () => {
    const { records, places } = merge([read('a', [9, 5], 'more'), read('b', [7, 3])]);
    expect(sequencesOf(records)).toEqual([9, 7, 5]);
    expect(places).toEqual({
      a: { token: 'more', below: null },
      b: { token: '', below: markOf({ actTime: '1970-01-01T00:00:07Z', sequence: '7' }) },
    });
  });

  it('wait for a page that held nothing new', () => {
    const { records, places } = merge([read('a', [], 'more'), read('b', [7])]);
    expect(records).toEqual([]);
    expect(places).toEqual({ a: { token: 'more', below: null }, b: { token: '', below: null } });
  });

  it('tell acts of one second apart, however many digits are written', () => {
    const record = (actTime: string, sequence: string) => ({ actTime, sequence, service: 'a' }) as AuditRecord;
    const mark = markOf({ actTime: '2026-11-26T01:00:00.500Z', sequence: '5' });
    expect(isBelow(record('2026-11-26T01:00:00Z', '9'), mark)).toBe(true);
    expect(isBelow(record('2026-11-26T01:00:00.500001Z', '4'), mark)).toBe(false);
    expect(isBelow(record('2026-11-26T01:00:00.500Z', '4'), mark)).toBe(true);
    expect(isBelow(record('2026-11-26T01:00:00.500Z', '5'), mark)).toBe(false);
  });
});
