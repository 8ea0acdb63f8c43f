import { describe, expect, it } from 'vitest';
import { differenceOf, isSame, sumOf } from './sums';

describe('sums of amounts', () => {
  it('are exact at any size', () => {
    expect(sumOf(['123456789012345678.91', '0.09', '-0.50'])).toBe('123456789012345678.50');
    expect(sumOf(['-0.10', '0.05'])).toBe('-0.05');
    expect(sumOf(['3', '4'])).toBe('7');
    expect(sumOf([])).toBe('');
  });
  it('are held against one another', () => {
    expect(differenceOf('10.00', '0.01')).toBe('9.99');
    expect(differenceOf('-1.5', '-2')).toBe('0.5');
  });
  it('are compared as numbers', () => {
    expect(isSame('1.5', '1.50')).toBe(true);
    expect(isSame('0.00', '-0')).toBe(true);
    expect(isSame('0.01', '0')).toBe(false);
  });
});
