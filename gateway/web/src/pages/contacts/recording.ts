// What the form says, as the calls that it stands for: the contact first, and then what follows from it.
import type { Schema } from '@rm-workbench/client';
import { client } from '../../api/client';
import type { Contact, ContactStart } from './LogContact';

export type Kind = Schema<'activity.v1.Contact.Input'>['kind'];
export type FeedbackKind = Schema<'activity.v1.Feedback.Input'>['kind'];
export type DuplicateHandling = 'DUPLICATE_HANDLING_JOIN' | 'DUPLICATE_HANDLING_ACCEPT';

export const PURPOSES = [
  'CONTACT_PURPOSE_CARE',
  'CONTACT_PURPOSE_SALE',
  'CONTACT_PURPOSE_FOLLOW_UP',
  'CONTACT_PURPOSE_SERVICE',
  'CONTACT_PURPOSE_RETENTION',
  'CONTACT_PURPOSE_COMPLAINT',
  'CONTACT_PURPOSE_ACQUAINTANCE',
  'CONTACT_PURPOSE_POST_LOAN_CHECK',
  'CONTACT_PURPOSE_COLLECTION',
  'CONTACT_PURPOSE_OTHER',
] as const;

export const OUTCOMES = [
  'CONTACT_OUTCOME_NEUTRAL',
  'CONTACT_OUTCOME_INTERESTED',
  'CONTACT_OUTCOME_NEXT_STEP_AGREED',
  'CONTACT_OUTCOME_SIGNED',
  'CONTACT_OUTCOME_SOLVED',
  'CONTACT_OUTCOME_DECLINED',
  'CONTACT_OUTCOME_DISCONTENT',
  'CONTACT_OUTCOME_NOT_REACHED',
] as const;

export const KINDS: Kind[] = [
  'CONTACT_KIND_VISIT',
  'CONTACT_KIND_CALL',
  'CONTACT_KIND_MEETING',
  'CONTACT_KIND_MESSAGE',
  'CONTACT_KIND_EMAIL',
  'CONTACT_KIND_LETTER',
  'CONTACT_KIND_EVENT',
];

/** What a contact of a kind usually takes; whoever fills in the form corrects it. */
export const MINUTES: Record<Kind, number> = {
  CONTACT_KIND_VISIT: 60,
  CONTACT_KIND_CALL: 10,
  CONTACT_KIND_MEETING: 45,
  CONTACT_KIND_MESSAGE: 5,
  CONTACT_KIND_EMAIL: 10,
  CONTACT_KIND_LETTER: 15,
  CONTACT_KIND_EVENT: 120,
};

/** Times are texts, so that a draft of them can be kept. */
export interface ContactValues {
  customerId: string;
  customerName: string;
  kind: Kind;
  /** Empty: it has just ended. */
  startTime?: string | undefined;
  minutes: number;
  purpose?: Schema<'activity.v1.ContactPurpose'>;
  outcome?: Schema<'activity.v1.ContactOutcome'>;
  subject?: string;
  summary?: string;
  place?: string;
  /** Key persons by their ids, others by their names. */
  people?: string[];
  products?: string[];
  /** Empty: nothing. */
  next?: '' | 'contact' | 'task';
  nextKind?: Kind;
  nextTime?: string;
  taskTitle?: string;
  taskDate?: string;
  heardKind?: '' | FeedbackKind;
  heardWords?: string;
}

/** What is sent already; kept while the form stands, so that trying again sends only the rest. */
export interface Recorded {
  contact?: Contact;
  next?: true;
  heard?: true;
}

export async function record(
  values: ContactValues,
  start: ContactStart,
  keyPersonIds: Set<string>,
  onDuplicate: DuplicateHandling | undefined,
  recorded: Recorded,
): Promise<Contact> {
  recorded.contact ??= start.completes
    ? await completeContact(values, start.completes.contactId, keyPersonIds)
    : await createContact(values, start, keyPersonIds, onDuplicate);
  if (!recorded.next) await createNext(values, start);
  recorded.next = true;
  if (!recorded.heard) await createFeedback(values, recorded.contact.contactId);
  recorded.heard = true;
  return recorded.contact;
}

async function createContact(
  values: ContactValues,
  { leadId, opportunityId }: ContactStart,
  keyPersonIds: Set<string>,
  onDuplicate: DuplicateHandling | undefined,
): Promise<Contact> {
  const { customerId, kind, startTime, minutes, purpose, outcome, subject, summary, place, products } = values;
  const planned = isPlanned(startTime);
  const { data } = await client.POST('/v1/contacts', {
    params: { query: onDuplicate ? { onDuplicate } : {} },
    body: {
      customerId,
      kind,
      minutes,
      ...said({ startTime, purpose, subject, summary, place, products, leadId, opportunityId }),
      ...(planned ? {} : said({ outcome })),
      peopleMet: peopleMet(values, keyPersonIds),
    },
  });
  if (!data) throw new Error('the answer holds no contact');
  return data;
}

async function completeContact(values: ContactValues, contactId: string, keyPersonIds: Set<string>): Promise<Contact> {
  const { startTime, minutes, outcome, summary, products } = values;
  const { data } = await client.POST('/v1/contacts/{contactId}:complete', {
    params: { path: { contactId } },
    body: { minutes, ...said({ startTime, outcome, summary, products }), peopleMet: peopleMet(values, keyPersonIds) },
  });
  if (!data) throw new Error('the answer holds no contact');
  return data;
}

function peopleMet({ people }: ContactValues, keyPersonIds: Set<string>) {
  return (people ?? []).map((person) => (keyPersonIds.has(person) ? { keyPersonId: person } : { displayName: person }));
}

async function createNext(values: ContactValues, { leadId, opportunityId }: ContactStart): Promise<void> {
  const { customerId, next, nextKind, nextTime, taskTitle, taskDate } = values;
  if (next === 'contact' && nextKind && nextTime) {
    await client.POST('/v1/contacts', {
      body: {
        customerId,
        kind: nextKind,
        state: 'CONTACT_STATE_PLANNED',
        purpose: 'CONTACT_PURPOSE_FOLLOW_UP',
        startTime: nextTime,
        minutes: MINUTES[nextKind],
        ...said({ leadId, opportunityId }),
      },
    });
  }
  if (next === 'task' && taskTitle) {
    await client.POST('/v1/tasks', {
      body: { customerId, kind: 'TASK_KIND_FOLLOW_UP', title: taskTitle, ...said({ dueDate: taskDate }) },
    });
  }
}

async function createFeedback({ customerId, heardKind, heardWords }: ContactValues, contactId: string): Promise<void> {
  if (!heardKind || !heardWords) return;
  await client.POST('/v1/feedback', { body: { customerId, contactId, kind: heardKind, words: heardWords } });
}

/** Whether it is still to come: then it is planned, and nothing can have come of it yet. */
export function isPlanned(startTime: string | undefined): boolean {
  return startTime !== undefined && Date.parse(startTime) > Date.now();
}

type Said<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** The fields that were filled in. */
function said<Fields extends object>(fields: Fields): Said<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')) as Said<Fields>;
}
