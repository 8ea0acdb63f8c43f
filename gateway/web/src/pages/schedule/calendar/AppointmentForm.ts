// An appointment as the form holds it, and as the gateway takes it.
import type { Schema } from '@rm-workbench/client';
import dayjs from 'dayjs';
import { DAY, instantOf, minuteOf } from '../days';
import type { AppointmentKind, Entry } from './entries';
import { ONCE, type Repetition, repetitionOf, ruleOf } from './recurrence';

export type Appointment = Schema<'activity.v1.Appointment'>;
export type AppointmentInput = Omit<Schema<'activity.v1.Appointment.Input'>, 'kind'> & { kind?: AppointmentKind };

export interface AppointmentFields {
  kind: AppointmentKind;
  title: string;
  allDay: boolean;
  /** A local minute, or a day. */
  start: string;
  end: string;
  customerId?: string | undefined;
  /** What the chosen one is called: a draft that is taken up again shows it. */
  customerName?: string | undefined;
  repetition: Repetition;
  nonWorkdays: Appointment['nonWorkdays'];
  participantPersonIds: string[];
  place: string;
  /** Minutes before; -1 for none: a form's field is not left without a value. */
  reminderMinutes: number;
  private: boolean;
  free: boolean;
  description: string;
}

export const NO_REMINDER = -1;

/** What a new one begins with: the next half hour, or what was chosen in the calendar. */
export function newFields(chosen?: { start: string; end: string; allDay: boolean }): AppointmentFields {
  const next = dayjs()
    .startOf('hour')
    .add(dayjs().minute() < 30 ? 30 : 60, 'minute');
  const times = chosen ?? {
    start: next.format('YYYY-MM-DDTHH:mm'),
    end: next.add(1, 'hour').format('YYYY-MM-DDTHH:mm'),
    allDay: false,
  };
  return {
    kind: 'APPOINTMENT_KIND_MEETING',
    title: '',
    ...times,
    repetition: ONCE,
    nonWorkdays: 'NON_WORKDAYS_KEEP',
    participantPersonIds: [],
    place: '',
    reminderMinutes: 15,
    private: false,
    free: false,
    description: '',
  };
}

/** What the form shows of an appointment; of one occurrence of a series where one is meant. */
export function fieldsOf(appointment: Appointment, occurrence?: Entry): AppointmentFields {
  const allDay = Boolean(appointment.startDate);
  const { startTime, endTime, startDate, endDate } = occurrence ?? appointment;
  return {
    kind: appointment.kind,
    title: appointment.title,
    allDay,
    start: allDay ? startDate : minuteOf(startTime),
    end: allDay ? endDate : minuteOf(endTime),
    customerId: appointment.customerId || undefined,
    customerName: appointment.customerDisplayName || undefined,
    repetition: repetitionOf(appointment.recurrence) ?? ONCE,
    nonWorkdays: appointment.nonWorkdays === 'NON_WORKDAYS_UNSPECIFIED' ? 'NON_WORKDAYS_KEEP' : appointment.nonWorkdays,
    participantPersonIds: appointment.participantPersonIds,
    place: appointment.place,
    reminderMinutes: appointment.reminderMinutes ?? NO_REMINDER,
    private: appointment.private,
    free: appointment.free,
    description: appointment.description,
  };
}

/** What the form says, as it is sent. */
export function inputOf(fields: AppointmentFields): AppointmentInput {
  const { allDay, start, end, repetition, reminderMinutes, customerId, customerName: _, ...rest } = fields;
  return {
    ...rest,
    ...(allDay
      ? { startDate: start.slice(0, 10), endDate: end.slice(0, 10) }
      : { startTime: instantOf(start), endTime: instantOf(end), startDate: '', endDate: '' }),
    customerId: customerId ?? '',
    recurrence: ruleOf(repetition, start.slice(0, 10)),
    ...(reminderMinutes === NO_REMINDER ? {} : { reminderMinutes }),
  };
}

const TIMES = ['startTime', 'endTime', 'startDate', 'endDate'];

/** Which fields of the appointment differ between what the form showed and what it says. */
export function changedBetween(shown: AppointmentFields, said: AppointmentFields): string[] {
  const differs = (name: keyof AppointmentFields) => JSON.stringify(shown[name]) !== JSON.stringify(said[name]);
  const names = (Object.keys({ customerId: '', ...shown }) as (keyof AppointmentFields)[]).filter(differs);
  const timed = names.some((name) => name === 'start' || name === 'end' || name === 'allDay');
  const plain = names.filter((name) => !['start', 'end', 'allDay', 'repetition', 'customerName'].includes(name));
  return [...plain, ...(timed ? TIMES : []), ...(names.includes('repetition') ? ['recurrence'] : [])];
}

/** The end that keeps the length, where the start moved. */
export function endAfter(start: string, formerStart: string, formerEnd: string, allDay: boolean): string {
  const length = dayjs(formerEnd).diff(dayjs(formerStart), 'minute');
  return dayjs(start)
    .add(length, 'minute')
    .format(allDay ? DAY : 'YYYY-MM-DDTHH:mm');
}
