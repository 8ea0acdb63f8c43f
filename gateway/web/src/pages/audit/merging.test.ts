import { describe, expect, it } from 'vitest';
import { type AuditRecord, merge, type Read } from './merging';

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
    expect(places).toEqual({ a: { token: 'more', below: null }, b: { token: '', below: 7 } });
  });

  it('wait for a page that held nothing new', () => {
    const { records, places } = merge([read('a', [], 'more'), read('b', [7])]);
    expect(records).toEqual([]);
    expect(places).toEqual({ a: { token: 'more', below: null }, b: { token: '', below: null } });
  });
});
