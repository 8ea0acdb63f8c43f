// The page's words, one file per area and language; an area's are loaded with its first page.
import i18next, { type BackendModule, type ResourceKey } from 'i18next';
import { initReactI18next } from 'react-i18next';

export type Language = 'zh' | 'en';

const CHOICE = 'workbench-language';
const files = import.meta.glob<{ default: ResourceKey }>('./{zh,en}/*.json');

const backend: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: (language, namespace, done) => {
    const load = files[`./${language}/${namespace}.json`];
    if (!load) return done(new Error(`no words of ${namespace} in ${language}`), null);
    load().then(
      (module) => done(null, module.default),
      (error: unknown) => done(error as Error, null),
    );
  },
};

function firstLanguage(): Language {
  const chosen = localStorage.getItem(CHOICE);
  if (chosen === 'zh' || chosen === 'en') return chosen;
  return navigator.languages.some((language) => language.startsWith('zh')) || !navigator.language.startsWith('en') ? 'zh' : 'en';
}

function say(language: string): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  // Refusals are rare: their words come after the first screen.
  if (language === 'zh') void i18next.loadNamespaces('reasons');
}

export async function startWords(): Promise<void> {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: firstLanguage(),
      fallbackLng: false,
      supportedLngs: ['zh', 'en'],
      ns: ['workbench'],
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
