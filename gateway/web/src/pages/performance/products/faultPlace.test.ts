import { describe, expect, it } from 'vitest';
import { placeOf } from './faultPlace';

describe('the place of a fault', () => {
  it('is a whole word', () => {
    expect(placeOf('balance * (customer_rate - ftp)', 1, 28)).toEqual({
      before: 'balance * (customer_rate - ',
      own: 'ftp',
      after: ')',
      offset: 27,
    });
  });
  it('is counted in its own line, in whole characters', () => {
    expect(placeOf("CASE WHEN state = '𠮷'\nTHEN fase", 2, 6)).toEqual({ before: 'THEN ', own: 'fase', after: '', offset: 28 });
    expect(placeOf("'𠮷' + x", 1, 7).own).toBe('x');
  });
  it('may be the end', () => {
    expect(placeOf('amount *', 1, 9)).toEqual({ before: 'amount *', own: '', after: '', offset: 8 });
  });
});
