import { expect, it } from 'vitest';
import { sumOf } from './sums';

it.each([
  ['0.10', '0.20', '0.30'],
  ['-1.00', '0.01', '-0.99'],
  ['9007199254740993.01', '1', '9007199254740994.01'],
  ['100', '-100', '0.00'],
])('%s and %s are %s', (one, other, sum) => expect(sumOf(one, other)).toBe(sum));
