// Numbers, amounts and dates as they are read here: 万 and 亿 in Chinese, k and M in English; business dates as they are, never through a time zone.
import type { Schema } from '@rm-workbench/client';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export type Money = Schema<'type.v1.Money'>;
export type Language = 'zh' | 'en';

const LOCALES: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' };
const STEPS: Record<Language, [number, string][]> = {
  zh: [
    [1e8, '亿'],
    [1e4, '万'],
  ],
  en: [
    [1e9, 'bn'],
    [1e6, 'M'],
    [1e3, 'k'],
  ],
};
const NO_DECIMALS = new Set(['JPY', 'KRW', 'VND', 'CLP', 'ISK']);
const SYMBOLS: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', HKD: 'HK$', JPY: 'JP¥' };

export interface Formats {
  /** To the cent, with separators: `¥1,234.50`. Exact whatever the size: the text is never made a float. */
  money: (money: Money | undefined) => string;
  /** Short, for tables, cards and axes: `¥123.5万`, `¥1.24M`. */
  moneyShort: (money: Money | undefined) => string;
  /** A plain number in short: `1.2万`, `12k`. */
  short: (value: number | string, digits?: number) => string;
  /** The same without zeros that say nothing, for the round numbers of an axis: `50万`, `1.2M`. */
  axis: (value: number) => string;
  number: (value: number | string, digits?: number) => string;
  /** A share of 1 as a percentage. */
  percent: (value: number | string, digits?: number) => string;
  /** Basis points of 10,000 as a percentage: `3,333` is `33.33%`. */
  basisPoints: (value: number | string) => string;
  /** A business date (`YYYY-MM-DD`): `11月26日`, with its year where that is not this one. */
  date: (date: string | undefined) => string;
  /** The same with the day of the week. */
  dateLong: (date: string | undefined) => string;
  /** A month (`YYYY-MM…`). */
  month: (date: string | undefined) => string;
  /** An instant, in the reader's zone: date and time, `11月26日 19:03`, with its year where that is not this one. */
  instant: (instant: string | undefined) => string;
  /** The time of an instant. */
  time: (instant: string | undefined) => string;
  /** `in 3 days`, `2 天前`, counted from another business date. */
  daysFrom: (date: string | undefined, from: string) => string;
}

const ABSENT = '—';

export function useFormats(): Formats {
  const language = useTranslation().i18n.language as Language;
  return useMemo(() => formatsOf(language), [language]);
}

export function formatsOf(language: Language): Formats {
  const locale = LOCALES[language];
  const number = (value: number | string, digits = 0) =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value as number);
  const short = (value: number | string, digits?: number) => shorten(Number(value), language, digits, number);
  const symbol = (money: Money) => SYMBOLS[money.currencyCode] ?? `${money.currencyCode} `;
  const signed = (money: Money, text: string) =>
    text.startsWith('-') ? `-${symbol(money)}${text.slice(1)}` : `${symbol(money)}${text}`;
  const day = (options: Intl.DateTimeFormatOptions) => (date: string | undefined) => {
    if (!date) return ABSENT;
    const sameYear = date.slice(0, 4) === String(new Date().getFullYear());
    const shown = sameYear ? options : { ...options, year: 'numeric' as const };
    return new Intl.DateTimeFormat(locale, { ...shown, timeZone: 'UTC' }).format(new Date(`${date.slice(0, 10)}T00:00:00Z`));
  };
  const dateWithWeekday = day({ month: language === 'zh' ? 'long' : 'short', day: 'numeric', weekday: 'short' });
  const at = (options: Intl.DateTimeFormatOptions) => (instant: string | undefined) => {
    if (!instant) return ABSENT;
    const when = new Date(instant);
    const shown =
      options.month && when.getFullYear() !== new Date().getFullYear() ? { ...options, year: 'numeric' as const } : options;
    return new Intl.DateTimeFormat(locale, { ...shown, hourCycle: 'h23' }).format(when);
  };
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return {
    money: (money) => (money ? signed(money, number(money.amount, NO_DECIMALS.has(money.currencyCode) ? 0 : 2)) : ABSENT),
    moneyShort: (money) => (money ? signed(money, short(money.amount)) : ABSENT),
    short,
    axis: (value) =>
      short(value)
        .replace(/(\.\d*?)0+(?!\d)/, '$1')
        .replace(/\.(?!\d)/, ''),
    number,
    percent: (value, digits = 1) =>
      new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
        Number(value),
      ),
    basisPoints: (value) => `${number(Number(value) / 100, 2)}%`,
    date: day({ month: language === 'zh' ? 'long' : 'short', day: 'numeric' }),
    // Chinese sets no space before the day of the week; eyes want one.
    dateLong: (date) => dateWithWeekday(date).replace('日周', '日 周'),
    month: (date) =>
      date
        ? new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', timeZone: 'UTC' }).format(
            new Date(`${date.slice(0, 7)}-01T00:00:00Z`),
          )
        : ABSENT,
    instant: at({ month: language === 'zh' ? 'long' : 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }),
    time: at({ hour: '2-digit', minute: '2-digit' }),
    daysFrom: (date, from) => (date ? relative.format(daysBetween(from, date), 'day') : ABSENT),
  };
}

function shorten(value: number, language: Language, digits: number | undefined, number: Formats['number']): string {
  const size = Math.abs(value);
  for (const [step, unit] of STEPS[language]) {
    if (size >= step) {
      const scaled = value / step;
      return `${number(scaled, digits ?? (Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2))}${unit}`;
    }
  }
  return number(value, digits ?? (Number.isInteger(value) ? 0 : size >= 100 ? 0 : 2));
}

/** Whole days from one business date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to.slice(0, 10)}T00:00:00Z`) - Date.parse(`${from.slice(0, 10)}T00:00:00Z`)) / 86_400_000);
}

/** The business date so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
