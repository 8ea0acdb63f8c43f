import { describe, expect, it } from 'vitest';
import { movedRule, ONCE, type Repetition, repetitionOf, ruleOf, weekOfMonth } from './recurrence';

const weekly: Repetition = { ...ONCE, frequency: 'WEEKLY', interval: 2, weekdays: ['MO', 'WE'] };

describe('a rule', () => {
  it('says what the form says', () => {
    expect(ruleOf(ONCE, '2026-11-26')).toEqual([]);
    expect(ruleOf(weekly, '2026-11-23')).toEqual(['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE']);
    expect(ruleOf({ ...ONCE, frequency: 'MONTHLY', monthlyBy: 'weekday' }, '2026-11-26')).toEqual([
      'RRULE:FREQ=MONTHLY;BYDAY=4TH',
    ]);
    expect(ruleOf({ ...ONCE, frequency: 'DAILY', ends: 'count', count: 5 }, '2026-11-26')).toEqual(['RRULE:FREQ=DAILY;COUNT=5']);
  });

  it.each([
    weekly,
    { ...ONCE, frequency: 'MONTHLY', monthlyBy: 'weekday' } as Repetition,
    { ...ONCE, frequency: 'YEARLY' } as Repetition,
    { ...ONCE, frequency: 'DAILY', ends: 'until', until: '2026-12-31' } as Repetition,
  ])('comes back as it was', (repetition) => {
    expect(repetitionOf(ruleOf(repetition, '2026-11-26'))).toEqual({
      ...repetition,
      until: repetition.until,
      count: repetition.count,
    });
  });

  it('that the form cannot say is left alone', () => {
    expect(repetitionOf(['RRULE:FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU,WE,TH,FR'])).toBeUndefined();
    expect(repetitionOf(['RDATE:20261201T010000Z'])).toBeUndefined();
  });

  it('goes along to another weekday', () => {
    expect(movedRule(['RRULE:FREQ=WEEKLY;BYDAY=MO,WE'], '2026-11-23', '2026-11-24')).toEqual(['RRULE:FREQ=WEEKLY;BYDAY=TU,WE']);
    expect(movedRule(['RRULE:FREQ=WEEKLY;BYDAY=MO'], '2026-11-23', '2026-11-30')).toBeUndefined();
    expect(movedRule(['RRULE:FREQ=DAILY'], '2026-11-23', '2026-11-24')).toBeUndefined();
  });

  it('counts the fifth week as the last', () => {
    expect(weekOfMonth('2026-11-26')).toBe(4);
    expect(weekOfMonth('2026-11-30')).toBe(-1);
  });
});
