// By which rules schemes share.
import type { Schema } from '@rm-workbench/client';

export type Kind = Schema<'performance.v1.Scheme'>['kind'];

/** From the simplest to what takes the most to explain. */
export const KINDS = [
  'SCHEME_KIND_AGREED',
  'SCHEME_KIND_EQUAL_MEMBERS',
  'SCHEME_KIND_SINGLE_OWNER',
  'SCHEME_KIND_ROLE',
  'SCHEME_KIND_AMOUNT_BAND',
  'SCHEME_KIND_STOCK_INCREMENT',
  'SCHEME_KIND_EQUAL_TOUCHES',
  'SCHEME_KIND_FIRST_TOUCH',
  'SCHEME_KIND_LAST_TOUCH',
  'SCHEME_KIND_POSITION',
  'SCHEME_KIND_TIME_DECAY',
  'SCHEME_KIND_EFFORT',
  'SCHEME_KIND_MARKOV',
  'SCHEME_KIND_SHAPLEY',
  'SCHEME_KIND_BLEND',
] as const satisfies Kind[];

const EVIDENCE = [
  'SCHEME_KIND_EFFORT',
  'SCHEME_KIND_EQUAL_TOUCHES',
  'SCHEME_KIND_POSITION',
  'SCHEME_KIND_TIME_DECAY',
  'SCHEME_KIND_FIRST_TOUCH',
  'SCHEME_KIND_LAST_TOUCH',
  'SCHEME_KIND_MARKOV',
  'SCHEME_KIND_SHAPLEY',
] as const satisfies Kind[];

/** By what a kind shares in its inside: a blend its evidence, stock and increment the increment; none for all others. */
export const INNER_KINDS: Partial<Record<Kind, readonly Kind[]>> = {
  SCHEME_KIND_BLEND: EVIDENCE,
  SCHEME_KIND_STOCK_INCREMENT: ['SCHEME_KIND_AGREED', 'SCHEME_KIND_EQUAL_MEMBERS', 'SCHEME_KIND_ROLE', ...EVIDENCE],
};
