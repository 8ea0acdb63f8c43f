import type { Schema } from '@rm-workbench/client';
import { CONTACT_KINDS } from '../calendar/entries';

export type Contact = Schema<'activity.v1.Contact'>;
export type ContactState = Schema<'activity.v1.ContactState'>;

export const KINDS = CONTACT_KINDS;
export const STATES = [
  'CONTACT_STATE_PLANNED',
  'CONTACT_STATE_DONE',
  'CONTACT_STATE_CANCELLED',
  'CONTACT_STATE_NO_SHOW',
] as const;
export const TONES = {
  CONTACT_STATE_UNSPECIFIED: 'default',
  CONTACT_STATE_PLANNED: 'processing',
  CONTACT_STATE_DONE: 'success',
  CONTACT_STATE_CANCELLED: 'default',
  CONTACT_STATE_NO_SHOW: 'warning',
} as const;

/** What changes where a contact does. */
export const AFFECTED = ['/v1/contacts', '/v1/calendar', '/v1/customers'];

/** Customers and times of the contact, where a list names it. */
export const pathOf = (contact: Contact): string => `/work/contacts/${contact.contactId}`;
