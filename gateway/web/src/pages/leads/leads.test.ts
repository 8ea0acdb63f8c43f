import { describe, expect, it, vi } from 'vitest';

vi.mock('../../api/client', () => ({ client: {}, refresh: () => undefined }));
vi.mock('../../access/access', () => ({ useAccess: () => undefined }));

import { sumsOf } from './leads';

const yuan = (amount: string) => ({ currencyCode: 'CNY', amount });

describe('sums of a column', () => {
  it('are exact, each currency by itself', () => {
    expect(sumsOf([yuan('0.1'), yuan('0.20'), undefined, { currencyCode: 'USD', amount: '3' }])).toEqual([
      yuan('0.30'),
      { currencyCode: 'USD', amount: '3.00' },
    ]);
    expect(sumsOf([yuan('-0.05'), yuan('0.02')])).toEqual([yuan('-0.03')]);
    expect(sumsOf([yuan('9007199254740993.01'), yuan('0.01')])).toEqual([yuan('9007199254740993.02')]);
    expect(sumsOf([])).toEqual([]);
  });
});
