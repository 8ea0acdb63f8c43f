import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, '..');

function styles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? styles(path) : path.endsWith('.css') ? [path] : [];
  });
}

/** The classes of our own that a file gives a look; those of Ant Design stand in many. */
function classesOf(path: string): Set<string> {
  const rules = readFileSync(path, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .matchAll(/(?:^|[},;])\s*([^{};@]+)\{/g);
  const first = [...rules].flatMap(([, selectors = '']) =>
    selectors.split(',').map((selector) => /\.([a-z][\w-]*)/.exec(selector)?.[1]),
  );
  return new Set(first.filter((name): name is string => name !== undefined && !/^(ant|fc)-/.test(name)));
}

// Once two areas have been visited, the styles of both are there.
it('no class gets its look in two files', () => {
  const owners = new Map<string, string[]>();
  for (const path of styles(SOURCES)) {
    for (const name of classesOf(path)) owners.set(name, [...(owners.get(name) ?? []), path.slice(SOURCES.length)]);
  }
  expect([...owners].filter(([, files]) => files.length > 1)).toEqual([]);
});
