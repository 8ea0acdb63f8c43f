/** A place in a formula: the line around it, and how many characters stand before it in all. */
export interface FaultPlace {
  before: string;
  own: string;
  after: string;
  offset: number;
}

const TOKEN = /^(?:[\p{L}_][\p{L}\p{N}_]*|[\p{N}.]+|'[^']*'?|[<>!=]+|.)/u;

/** The word or sign that stands at a line and column, counted from 1 in whole characters. */
export function placeOf(formula: string, line: number, column: number): FaultPlace {
  const lines = formula.split('\n');
  const text = lines[line - 1] ?? '';
  const before = Array.from(text)
    .slice(0, Math.max(0, column - 1))
    .join('');
  const rest = text.slice(before.length);
  const own = TOKEN.exec(rest)?.[0] ?? '';
  const above = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return { before, own, after: rest.slice(own.length), offset: above + before.length };
}
