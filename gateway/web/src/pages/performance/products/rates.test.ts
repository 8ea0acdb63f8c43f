import { describe, expect, it } from 'vitest';
import { fractionOf, percentOf } from './rates';

describe('rates', () => {
  it.each([
    ['0.0325', '3.25'],
    ['0.00000001', '0.000001'],
    ['1', '100'],
    ['0', '0'],
    ['-0.005', '-0.5'],
    ['0.1', '10'],
    ['12.5', '1250'],
  ])('%s is %s %%', (fraction, percent) => {
    expect(percentOf(fraction)).toBe(percent);
    expect(fractionOf(percent)).toBe(fraction);
  });
  it('says the same of what is written otherwise', () => {
    expect(percentOf('0.10')).toBe('10');
    expect(fractionOf('3.')).toBe('0.03');
    expect(fractionOf('')).toBe('');
  });
});
