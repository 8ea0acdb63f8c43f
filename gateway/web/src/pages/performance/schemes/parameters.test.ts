import { describe, expect, it } from 'vitest';
import { parametersFrom, settingsFrom, settingsOf, USUAL } from './parameters';

describe('settings of a scheme', () => {
  it('are what its kind reads, and its inner kind', () => {
    expect(settingsOf('SCHEME_KIND_AGREED', USUAL)).toEqual([]);
    expect(settingsOf('SCHEME_KIND_EFFORT', USUAL)).toEqual(['effortMeasure', 'effortPerDayMax']);
    expect(settingsOf('SCHEME_KIND_STOCK_INCREMENT', { ...USUAL, innerKind: 'SCHEME_KIND_TIME_DECAY' })).toEqual([
      'innerKind',
      'halfLifeDays',
    ]);
  });
  it('come back as they were typed', () => {
    const typed = { ...USUAL, position: { first: 33.33, turning: 16.67, last: 50, others: 0 } };
    const kept = parametersFrom('SCHEME_KIND_POSITION', typed);
    expect(kept.position).toEqual({
      firstBasisPoints: 3333,
      turningBasisPoints: 1667,
      lastBasisPoints: 5000,
      othersBasisPoints: 0,
    });
    expect(settingsFrom(kept)).toEqual(typed);
  });
  it('of other kinds are not sent', () => {
    const kept = parametersFrom('SCHEME_KIND_MARKOV', USUAL);
    expect(kept.historyDays).toBe(730);
    expect('halfLifeDays' in kept).toBe(false);
    expect(kept.roleWeights).toEqual([]);
  });
});
