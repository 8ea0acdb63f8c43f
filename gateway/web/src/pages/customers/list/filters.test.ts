import { describe, expect, it } from 'vitest';
import { filterText, NO_FILTERS, readFilter } from './filters';

const { order: _, ...none } = NO_FILTERS;

describe('filters of the list', () => {
  it('are nothing where nothing is chosen', () => {
    expect(filterText(NO_FILTERS)).toBe('');
    expect(readFilter('')).toMatchObject(none);
  });
  it.each([
    { q: '金兴' },
    { q: 'a "quoted" \\ name*' },
    { kind: 'CUSTOMER_KIND_RETAIL,CUSTOMER_KIND_CORPORATE', tier: 'CUSTOMER_TIER_PREMIER', state: 'CUSTOMER_STATE_ACTIVE' },
    { lead: 'me', unit: '/HO/EAST/', tag: '上市' },
    { lead: '133c2bc7-9254-53b6-8564-436616c52958', more: 'listing:* OR size = LARGE' },
    { more: '(a = 1) AND (b = 2)' },
    { tag: 'x', more: 'display_name:") AND ("' },
  ])('come back from a kept view as they were chosen: %o', (chosen) => {
    const filters = { ...NO_FILTERS, ...chosen };
    expect(readFilter(filterText(filters))).toEqual(filters);
  });
  it('stay whole where they say more than the quick ones can', () => {
    const text = 'kind = CORPORATE AND NOT state = CLOSED';
    expect(readFilter(text)).toEqual({ ...NO_FILTERS, more: text });
    expect(readFilter('(listing:*) OR (size = LARGE)').more).toBe('(listing:*) OR (size = LARGE)');
  });
  it('escape what the filter language reads as a beginning', () => {
    expect(filterText({ ...NO_FILTERS, q: '60*' })).toContain('customer_number = "60\\**"');
  });
});
