// What stands in a calendar, as its views show it.
import type { Schema } from '@rm-workbench/client';

export type Entry = Schema<'activity.v1.CalendarEntry'>;
export type Proposal = Schema<'activity.v1.VisitProposal'>;
export type Conflict = Schema<'activity.v1.ScheduleConflict'>;
export type AppointmentKind = Schema<'activity.v1.Appointment'>['kind'];
export type ContactKind = Schema<'activity.v1.Contact'>['kind'];

/** By their numbers in the contract, which entries give. */
export const APPOINTMENT_KINDS: AppointmentKind[] = [
  'APPOINTMENT_KIND_MEETING',
  'APPOINTMENT_KIND_CUSTOMER_VISIT',
  'APPOINTMENT_KIND_CUSTOMER_MEETING',
  'APPOINTMENT_KIND_CALL',
  'APPOINTMENT_KIND_TRAINING',
  'APPOINTMENT_KIND_DUTY',
  'APPOINTMENT_KIND_REMINDER',
  'APPOINTMENT_KIND_PERSONAL',
  'APPOINTMENT_KIND_OTHER',
];
export const CONTACT_KINDS: ContactKind[] = [
  'CONTACT_KIND_VISIT',
  'CONTACT_KIND_CALL',
  'CONTACT_KIND_MEETING',
  'CONTACT_KIND_MESSAGE',
  'CONTACT_KIND_EMAIL',
  'CONTACT_KIND_LETTER',
  'CONTACT_KIND_EVENT',
];
export const WITH_CUSTOMER: AppointmentKind[] = [
  'APPOINTMENT_KIND_CUSTOMER_VISIT',
  'APPOINTMENT_KIND_CUSTOMER_MEETING',
  'APPOINTMENT_KIND_CALL',
];
const CONTACT_STATES = ['CONTACT_STATE_PLANNED', 'CONTACT_STATE_DONE', 'CONTACT_STATE_CANCELLED', 'CONTACT_STATE_NO_SHOW'];

export const kindOf = (entry: Entry): string =>
  (entry.kind === 'CALENDAR_ENTRY_KIND_APPOINTMENT'
    ? APPOINTMENT_KINDS[entry.itemKind - 1]
    : entry.kind === 'CALENDAR_ENTRY_KIND_CONTACT'
      ? CONTACT_KINDS[entry.itemKind - 1]
      : entry.kind) ?? '';

/** Where a contact stands; empty for anything else. */
export const contactStateOf = (entry: Entry): string =>
  entry.kind === 'CALENDAR_ENTRY_KIND_CONTACT' ? (CONTACT_STATES[entry.itemState - 1] ?? '') : '';

export type Tone = 'customer' | 'done' | 'colleagues' | 'own' | 'away' | 'proposal';

const TONES: Partial<Record<string, Tone>> = {
  APPOINTMENT_KIND_MEETING: 'colleagues',
  APPOINTMENT_KIND_TRAINING: 'colleagues',
  APPOINTMENT_KIND_DUTY: 'colleagues',
  APPOINTMENT_KIND_REMINDER: 'own',
  APPOINTMENT_KIND_PERSONAL: 'own',
  APPOINTMENT_KIND_OTHER: 'own',
  CALENDAR_ENTRY_KIND_ABSENCE: 'away',
  CALENDAR_ENTRY_KIND_STANDING_IN: 'away',
};

export function toneOf(entry: Entry): Tone {
  const state = contactStateOf(entry);
  if (state && state !== 'CONTACT_STATE_PLANNED') return 'done';
  return TONES[kindOf(entry)] ?? 'customer';
}

/** By what an occurrence is told from the others of its series, and anything from anything else. */
export const entryKey = (entry: Entry): string => `${entry.resource}@${entry.originalStartTime ?? ''}@${entry.personId}`;

export const proposalKey = (proposal: Proposal): string => `visitProposals/${proposal.visitProposalId}`;
