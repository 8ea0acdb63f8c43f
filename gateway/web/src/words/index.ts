// The page's words, one file per area and language; an area's are loaded with its first page. They are data and no scripts:
// nothing of them is compiled, and the page's own scripts stay small.
import i18next, { type BackendModule, type ResourceKey } from 'i18next';
import { initReactI18next } from 'react-i18next';

export type Language = 'zh' | 'en';

const CHOICE = 'workbench-language';
const addresses = import.meta.glob<string>('./{zh,en}/*.json', { query: '?url', import: 'default', eager: true });

const backend: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: (language, namespace, done) => {
    wordsOf(language, namespace).then(
      (words) => done(null, words),
      (error: unknown) => done(error as Error, null),
    );
  },
};

async function wordsOf(language: string, namespace: string): Promise<ResourceKey> {
  const address = addresses[`./${language}/${namespace}.json`];
  // Services say refusals in English themselves.
  if (!address && namespace === 'reasons') return {};
  if (!address) throw new Error(`no words of ${namespace} in ${language}`);
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`the words of ${namespace} did not come: ${answer.status}`);
  return (await answer.json()) as ResourceKey;
}

function firstLanguage(): Language {
  const chosen = localStorage.getItem(CHOICE);
  if (chosen === 'zh' || chosen === 'en') return chosen;
  return navigator.languages.some((language) => language.startsWith('zh')) || !navigator.language.startsWith('en') ? 'zh' : 'en';
}

function say(language: string): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

export async function startWords(): Promise<void> {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: firstLanguage(),
      fallbackLng: false,
      supportedLngs: ['zh', 'en'],
      // Values of enumerations stand on every page.
      ns: ['workbench', 'named'],
      defaultNS: 'workbench',
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
  say(i18next.language);
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(CHOICE, language);
  await i18next.changeLanguage(language);
  say(language);
}
