/** A text in three parts: what both begin with, what is its own, and what both end with; cut between words and signs. */
export function ownPart(text: string, other: string): [before: string, own: string, after: string] {
  const words = wordsOf(text);
  const others = wordsOf(other);
  const short = Math.min(words.length, others.length);
  let first = 0;
  while (first < short && words[first] === others[first]) first++;
  let last = 0;
  while (last < short - first && words[words.length - 1 - last] === others[others.length - 1 - last]) last++;
  const end = words.length - last;
  return [words.slice(0, first).join(''), words.slice(first, end).join(''), words.slice(end).join('')];
}

const wordsOf = (text: string) => text.match(/[\p{L}\p{N}_.%]+|\s+|[^\p{L}\p{N}_.%\s]/gu) ?? [];
