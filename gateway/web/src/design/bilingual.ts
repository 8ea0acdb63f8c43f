import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from './formats';

const CHINESE_FIRST = /^(.*\p{Script=Han}[^A-Za-z]*?)\s+([A-Za-z][^\p{Script=Han}]{2,})$/u;
const ENGLISH_FIRST = /^([A-Za-z][^\p{Script=Han}]{2,}?)\s+([^A-Za-z]*\p{Script=Han}[^A-Za-z]*)$/u;

// A number such as `eac8d35c` is nobody's English name.
const WORD = /(?<!\w)[A-Za-z]{3,}(?!\w)/;

/** Of a name that comes along in both languages, such as `Deposits 存款`, the part in the given one; any other name as it is. */
export function inLanguage(name: string, language: string): string {
  const chineseFirst = CHINESE_FIRST.exec(name);
  const englishFirst = ENGLISH_FIRST.exec(name);
  const chinese = chineseFirst?.[1] ?? englishFirst?.[2];
  const english = chineseFirst?.[2] ?? englishFirst?.[1];
  if (!english || !WORD.test(english)) return name;
  return (language === 'zh' ? chinese : english) ?? name;
}

/** The same in the reader's language. */
export function useBilingual(): (name: string) => string {
  const { i18n } = useTranslation();
  return useCallback((name) => inLanguage(name, i18n.language), [i18n.language]);
}

/** What a service says in both languages. */
interface Said {
  chinese: string;
  english: string;
}

const DATE = /(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])/g;

/** That in the reader's language, its dates as all others here. */
export function useSaid(): (words: Said) => string {
  const { i18n } = useTranslation();
  const { date } = useFormats();
  return useCallback(
    ({ chinese, english }) => (i18n.language === 'zh' ? chinese : english).replace(DATE, date),
    [i18n.language, date],
  );
}
