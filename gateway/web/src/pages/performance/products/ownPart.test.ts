import { describe, expect, it } from 'vitest';
import { ownPart } from './ownPart';

describe('what differs of two texts', () => {
  it('is cut between words', () => {
    const before = 'balance * (customer_rate - ftp_rate)';
    const after = 'balance * (customer_rate - ftp_rate - cost)';
    expect(ownPart(after, before)).toEqual(['balance * (customer_rate - ftp_rate', ' - cost', ')']);
    expect(ownPart(before, after)).toEqual(['balance * (customer_rate - ftp_rate', '', ')']);
    expect(ownPart('0.10%', '0.12%')).toEqual(['', '0.10%', '']);
  });
  it('is all where one has nothing', () => {
    expect(ownPart('amount', '')).toEqual(['', 'amount', '']);
    expect(ownPart('same', 'same')).toEqual(['same', '', '']);
  });
});
