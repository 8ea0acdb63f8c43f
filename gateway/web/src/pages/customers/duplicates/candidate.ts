import type { Schema } from '@rm-workbench/client';
import type { Customer } from '../customer';

export type Candidate = Schema<'customer.v1.DuplicateCandidate'>;
export type CustomerMerge = Schema<'customer.v1.CustomerMerge'>;

/** From here on two records are nearly certainly one customer's. */
export const SCORE_CERTAIN = 85;

/** What a merge can take from the record that is taken in, as the contract names the fields. */
export const CHOSEN_FIELDS = [
  'displayName',
  'identifier',
  'phone',
  'tier',
  'birthOrFoundingDate',
  'industryCode',
  'size',
  'ownership',
  'listing',
] as const;
export type ChosenField = (typeof CHOSEN_FIELDS)[number];

export const isChosenField = (name: string): name is ChosenField => (CHOSEN_FIELDS as readonly string[]).includes(name);

/** A field's value as a text; empty where nothing is said. */
export function fieldValue(customer: Customer, field: ChosenField): string {
  const value = String(customer[field] ?? '');
  return value.endsWith('_UNSPECIFIED') ? '' : value;
}
