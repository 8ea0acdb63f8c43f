// Putting things of a calendar elsewhere.
import { useMutation } from '@tanstack/react-query';
import { App } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { isStale } from '../../../api/StaleEdit';
import { useNamed } from '../../../design/Named';
import { DAY } from '../days';
import type { Appointment } from './AppointmentForm';
import { contactStateOf, type Entry, kindOf, type Proposal } from './entries';
import { movedRule } from './recurrence';

/** How long something of whole days takes, once it was put on an hour. */
const HOUR_MILLISECONDS = 3_600_000;

/** Where something was put. Without an end it keeps its length. */
export interface Moved {
  allDay: boolean;
  start: Dayjs;
  end: Dayjs | undefined;
}

export type SeriesPart = 'SERIES_PART_ALL' | 'SERIES_PART_THIS' | 'SERIES_PART_THIS_AND_FOLLOWING';

/** What an entry is called: by its title, else by the customer and its kind. */
export function useEntryWords(): (entry: Entry) => string {
  const { t } = useTranslation('schedule');
  const named = useNamed();
  return useCallback(
    (entry) => {
      const kind = named(kindOf(entry));
      if (entry.kind === 'CALENDAR_ENTRY_KIND_ABSENCE') return kind;
      if (entry.kind === 'CALENDAR_ENTRY_KIND_STANDING_IN') return entry.title ? `${kind} · ${entry.title}` : kind;
      const state = contactStateOf(entry);
      const mark = state === 'CONTACT_STATE_DONE' ? '✓ ' : state === 'CONTACT_STATE_NO_SHOW' ? `${named(state)} · ` : '';
      if (entry.customerDisplayName) {
        const about = entry.title && entry.title !== entry.customerDisplayName ? ` · ${entry.title}` : '';
        return `${mark}${kind} ${entry.customerDisplayName}${about}`;
      }
      return mark + (entry.title || (entry.kind === 'CALENDAR_ENTRY_KIND_APPOINTMENT' ? t('calendar.busy') : kind));
    },
    [named, t],
  );
}

export const idOf = (resource: string): string => resource.split('/')[1] ?? '';

/** What stands in a calendar changed. */
export const settled = () => refresh('/v1/calendar', '/v1/appointments', '/v1/contacts', '/v1/visitProposals', '/v1/busyTimes');

export interface Move {
  entry: Entry;
  moved: Moved;
  part: SeriesPart;
  /** The series that the entry is one of; nothing where it takes place once, or stands apart of its series. */
  series: Appointment | undefined;
}

/** Moves one thing: an appointment, so much of its series as is said, or a planned contact. */
export function useMove() {
  const { t } = useTranslation('schedule');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const moving = useMutation({
    mutationFn: (move: Move) => (move.entry.kind === 'CALENDAR_ENTRY_KIND_CONTACT' ? moveContact(move) : moveAppointment(move)),
    onSuccess: () => void message.success(t('calendar.moved')),
    onError: (error, move) => {
      if (!showsBoth(error, move)) void message.error(words(error));
    },
    onSettled: settled,
  });
  const stale = showsBoth(moving.error, moving.variables) ? moving.variables : undefined;
  return { move: moving.mutate, stale, forget: moving.reset };
}

/** What became of a series is seen in the calendar, which is read anew; of what takes place once both versions are shown. */
function showsBoth(error: unknown, move: Move | undefined): boolean {
  return isStale(error) && !move?.series;
}

/** Puts things elsewhere only where they still stand as the calendar showed them. */
const asShown = ({ etag }: Entry) => ({ 'If-Match': `"${etag}"` });

async function moveContact({ entry, moved: { start, end } }: Move): Promise<void> {
  const minutes = end ? end.diff(start, 'minute') : dayjs(entry.endTime).diff(dayjs(entry.startTime), 'minute');
  await client.PATCH('/v1/contacts/{contactId}', {
    params: { path: { contactId: idOf(entry.resource) }, query: { updateMask: 'startTime,minutes' }, header: asShown(entry) },
    body: { startTime: start.toISOString(), minutes },
  });
}

/** The series that an entry is one of. */
export async function seriesOf(entry: Entry): Promise<Appointment | undefined> {
  const path = { appointmentId: idOf(entry.resource) };
  const { data } = await client.GET('/v1/appointments/{appointmentId}', { params: { path } });
  return data?.recurrence.length ? data : undefined;
}

async function moveAppointment({ entry, moved, part, series }: Move): Promise<void> {
  const occurrence = series && part !== 'SERIES_PART_ALL' ? entry.originalStartTime : undefined;
  const rule =
    series && part !== 'SERIES_PART_THIS' ? movedRule(series.recurrence, dayOf(entry), moved.start.format(DAY)) : undefined;
  await client.PATCH('/v1/appointments/{appointmentId}', {
    params: {
      path: { appointmentId: idOf(entry.resource) },
      query: {
        updateMask: ['startTime', 'endTime', 'startDate', 'endDate', ...(rule ? ['recurrence'] : [])].join(','),
        part,
        ...(occurrence ? { originalStartTime: occurrence } : {}),
      },
      header: asShown(entry),
    },
    body: {
      ...placeOf(entry, moved, series && part === 'SERIES_PART_ALL' ? sinceFirst(entry, series) : 0),
      ...(rule ? { recurrence: rule } : {}),
    },
  });
}

/** A whole series goes by as much as its occurrence did: how long before it the first one is, in milliseconds. */
function sinceFirst(entry: Entry, series: Appointment): number {
  return entry.allDay
    ? dayjs(series.startDate).diff(dayjs(entry.startDate))
    : dayjs(series.startTime).diff(dayjs(entry.startTime));
}

/** When something is, once it was put there. */
export const placeOf = (entry: Entry, moved: Moved, by = 0) =>
  moved.allDay ? daysOf(entry, moved, by) : timesOf(entry, moved, by);

const dayOf = (entry: Entry): string => (entry.allDay ? entry.startDate : dayjs(entry.startTime).format(DAY));

function timesOf(entry: Entry, { start, end }: Moved, by: number) {
  const length = entry.allDay ? HOUR_MILLISECONDS : dayjs(entry.endTime).diff(dayjs(entry.startTime));
  const last = end ?? start.add(length);
  return {
    startTime: start.add(by).toISOString(),
    endTime: last.add(by).toISOString(),
    startDate: '',
    endDate: '',
  };
}

function daysOf(entry: Entry, { start, end }: Moved, by: number) {
  const days = entry.allDay ? dayjs(entry.endDate).diff(dayjs(entry.startDate), 'day') : 0;
  const last = end ? end.subtract(1, 'day') : start.add(days, 'day');
  return { startDate: start.add(by).format(DAY), endDate: last.add(by).format(DAY) };
}

/** Accepts a visit that was put on an hour, or puts it on another day of its week. */
export function useMoveProposal() {
  const { t } = useTranslation('schedule');
  const { message } = App.useApp();
  const words = useRefusalWords();
  return useMutation({
    mutationFn: async ({ proposal, moved }: { proposal: Proposal; moved: Moved }) => {
      const path = { visitProposalId: proposal.visitProposalId };
      const day = moved.start.format(DAY);
      let { etag } = proposal;
      if (day !== proposal.plannedDate) {
        const { data } = await client.POST('/v1/visitProposals/{visitProposalId}:move', {
          params: { path, header: { 'If-Match': `"${etag}"` } },
          body: { plannedDate: day },
        });
        etag = data?.etag ?? etag;
      }
      if (moved.allDay) return false;
      await client.POST('/v1/visitProposals/{visitProposalId}:accept', {
        params: { path, header: { 'If-Match': `"${etag}"` } },
        body: { startTime: moved.start.toISOString() },
      });
      return true;
    },
    onSuccess: (accepted) => void message.success(t(accepted ? 'calendar.accepted' : 'calendar.moved')),
    onError: (error) => void message.error(words(error)),
    onSettled: settled,
  });
}
