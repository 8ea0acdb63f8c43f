import type { Schema } from '@rm-workbench/client';

export type HandOver = Schema<'customer.v1.HandOver'>;
export type HandOverCustomer = Schema<'customer.v1.HandOverCustomer'>;

export const STATE_TONES = {
  HAND_OVER_STATE_PLANNED: 'processing',
  HAND_OVER_STATE_PROPOSED: 'warning',
  HAND_OVER_STATE_EXECUTED: 'success',
  HAND_OVER_STATE_REJECTED: 'error',
} as const;

export type Tone = 'success' | 'warning' | 'error' | 'processing' | 'default';
export const toneOf = (state: string): Tone => STATE_TONES[state as keyof typeof STATE_TONES] ?? 'default';

/** A date of the contract, which has none as an empty text. */
export const dateOf = (date: unknown): string => (typeof date === 'string' ? date : '');
