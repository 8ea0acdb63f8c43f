import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, formatsOf } from './formats';

const zh = formatsOf('zh');
const en = formatsOf('en');
const yuan = (amount: string) => ({ currencyCode: 'CNY', amount });

describe('amounts', () => {
  it('are exact to the cent at any size', () => {
    expect(zh.money(yuan('123456789012345678.91'))).toBe('¥123,456,789,012,345,678.91');
    expect(en.money(yuan('-0.50'))).toBe('-¥0.50');
    expect(en.money({ currencyCode: 'JPY', amount: '1200' })).toBe('JP¥1,200');
  });
  it('are short in 万 and 亿, or k and M', () => {
    expect(zh.moneyShort(yuan('139880.77'))).toBe('¥14.0万');
    expect(zh.moneyShort(yuan('2510000000'))).toBe('¥25.1亿');
    expect(en.moneyShort(yuan('139880.77'))).toBe('¥140k');
    expect(en.moneyShort(yuan('-2510000'))).toBe('-¥2.51M');
    expect(zh.moneyShort(undefined)).toBe('—');
  });
});

describe('business dates', () => {
  it('stay the day that they name', () => {
    expect(en.date('2024-02-29')).toBe('29 Feb 2024');
    expect(zh.date('2024-02-29')).toBe('2024年2月29日');
    expect(zh.date('')).toBe('—');
    expect(zh.dateLong('2024-02-29')).toBe('2024年2月29日 周四');
  });
  it('are counted in whole days', () => {
    expect(daysBetween('2026-02-27', '2026-03-01')).toBe(2);
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(en.daysFrom('2026-11-24', '2026-11-26')).toBe('2 days ago');
  });
});
