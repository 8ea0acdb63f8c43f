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
  it('are round on an axis', () => {
    expect([0, 5_000, 500_000, 1_200_000, 2e8].map(zh.axis)).toEqual(['0', '5,000', '50万', '120万', '2亿']);
    expect([5_000, 500_000, 1_250_000].map(en.axis)).toEqual(['5k', '500k', '1.25M']);
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

describe('instants', () => {
  const at = (year: number) => new Date(year, 2, 6, 0, 3).toISOString();
  it('are written as dates are, with the year where it is another', () => {
    expect(zh.instant(at(new Date().getFullYear()))).toBe('3月6日 00:03');
    expect(zh.instant(at(2024))).toBe('2024年3月6日 00:03');
    expect(en.instant(at(2024))).toBe('6 Mar 2024, 00:03');
    expect(en.instant('')).toBe('—');
  });
});
