import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const HERE = import.meta.dirname;
const SOURCES = join(HERE, '..');

type Words = { [key: string]: string | Words };

function wordsOf(language: string, name: string): Map<string, string> {
  const said = new Map<string, string>();
  const walk = (words: Words, prefix: string) => {
    for (const [key, value] of Object.entries(words)) {
      if (typeof value === 'string') said.set(prefix + key, value);
      else walk(value, `${prefix}${key}.`);
    }
  };
  walk(JSON.parse(readFileSync(join(HERE, language, name), 'utf8')) as Words, '');
  return said;
}

/** A plural form stands for its word: Chinese has one form, English two. */
const stem = (key: string) => key.replace(/_(one|other)$/, '');
const stems = (words: Map<string, string>) => [...new Set([...words.keys()].map(stem))].sort();
const places = (text: string) => [...text.matchAll(/\{\{-? ?(\w+)/g)].map((match) => match[1]).sort();
// Reasons are Chinese alone: the services say them in English.
const names = readdirSync(join(HERE, 'zh')).filter((name) => name !== 'reasons.json');

describe('words', () => {
  it('are there in both languages', () => {
    expect(readdirSync(join(HERE, 'en')).sort()).toEqual(names.sort());
  });
  it.each(names)('%s says the same in both', (name) => {
    const zh = wordsOf('zh', name);
    const en = wordsOf('en', name);
    expect(stems(zh)).toEqual(stems(en));
    for (const [key, text] of en) {
      const other = zh.get(key) ?? zh.get(`${stem(key)}_other`) ?? zh.get(stem(key)) ?? '';
      expect(new Set(places(text).filter((place) => place !== 'count')), key).toEqual(
        new Set(places(other).filter((place) => place !== 'count')),
      );
      expect(text.trim(), key).not.toBe('');
    }
    for (const [key, text] of zh) expect(text.trim(), key).not.toBe('');
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'words' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.') ? [path] : [];
  });
}

/** The words that the code asks for by name, each with the namespace in which it looks. */
function asked(path: string): string[] {
  const code = readFileSync(path, 'utf8');
  const first = /useTranslation\(\s*(?:\[\s*)?'([a-z-]+)'/.exec(code)?.[1] ?? 'workbench';
  return [...code.matchAll(/\bt\(\s*'([^'$]+)'/g)].map(([, key = '']) => (key.includes(':') ? key : `${first}:${key}`));
}

describe('enumerations', () => {
  it('have words for every value of the contract', () => {
    const contract = readFileSync(join(HERE, '../../../openapi.json'), 'utf8');
    const lists = [...contract.matchAll(/"enum": ?\[([^\]]*)\]/g)].map(([, list]) => JSON.parse(`[${list}]`) as string[]);
    const values = lists.flat().filter((value) => /^[A-Z]/.test(value) && !value.endsWith('_UNSPECIFIED'));
    const known = wordsOf('zh', 'named.json');
    expect(values.length).toBeGreaterThan(500);
    expect(values.filter((value) => !known.has(value))).toEqual([]);
  });
});

describe('refusals', () => {
  it('are said in Chinese, each that the contract names', () => {
    const contract = JSON.parse(readFileSync(join(HERE, '../../../openapi.json'), 'utf8')) as {
      paths: Record<string, Record<string, { description?: string }>>;
    };
    const sentences = Object.values(contract.paths)
      .flatMap((item) => Object.values(item))
      .flatMap(({ description = '' }) => description.match(/[Ff]ails with [^.]*/g) ?? []);
    const reasons = new Set(sentences.flatMap((sentence) => sentence.match(/(?<=`)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?=`)/g) ?? []));
    const known = wordsOf('zh', 'reasons.json');
    expect(reasons.size).toBeGreaterThan(200);
    expect([...reasons].filter((reason) => !known.has(reason))).toEqual([]);
  });
});

describe('code', () => {
  it('asks only for words that there are', () => {
    const known = new Set(
      names.flatMap((name) => stems(wordsOf('zh', name)).map((key) => `${name.replace('.json', '')}:${key}`)),
    );
    const missing = sources(SOURCES).flatMap((path) =>
      asked(path)
        .filter((key) => !known.has(key))
        .map((key) => `${path.slice(SOURCES.length)} ${key}`),
    );
    expect(missing).toEqual([]);
  });
});
