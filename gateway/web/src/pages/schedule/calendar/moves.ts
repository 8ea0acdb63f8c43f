// Putting things of a calendar elsewhere.
import { useMutation } from '@tanstack/react-query';
import { App } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useNamed } from '../../../design/Named';
import { DAY } from '../days';
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

/** Moves one thing: an appointment, so much of its series as is said, or a planned contact. */
export function useMove() {
  const { t } = useTranslation('schedule');
  const { message } = App.useApp();
  const words = useRefusalWords();
  return useMutation({
    mutationFn: async ({ entry, moved, part }: { entry: Entry; moved: Moved; part: SeriesPart }) => {
      if (entry.kind === 'CALENDAR_ENTRY_KIND_CONTACT') await moveContact(entry, moved);
      else await moveAppointment(entry, moved, part);
    },
    onSuccess: () => void message.success(t('calendar.moved')),
    onError: (error) => void message.error(words(error)),
    onSettled: settled,
  });
}

async function moveContact(entry: Entry, { start, end }: Moved): Promise<void> {
  const minutes = end ? end.diff(start, 'minute') : dayjs(entry.endTime).diff(dayjs(entry.startTime), 'minute');
  await client.PATCH('/v1/contacts/{contactId}', {
    params: { path: { contactId: idOf(entry.resource) }, query: { updateMask: 'startTime,minutes' } },
    body: { startTime: start.toISOString(), minutes },
  });
}

async function moveAppointment(entry: Entry, moved: Moved, part: SeriesPart): Promise<void> {
  const path = { appointmentId: idOf(entry.resource) };
  const { data: whole } = await client.GET('/v1/appointments/{appointmentId}', { params: { path } });
  if (!whole) return;
  const occurrence = entry.recurring && entry.originalStartTime ? entry.originalStartTime : undefined;
  // A whole series goes by as much as its occurrence did.
  const first = entry.allDay
    ? dayjs(whole.startDate).diff(dayjs(entry.startDate))
    : dayjs(whole.startTime).diff(dayjs(entry.startTime));
  const by = part === 'SERIES_PART_ALL' ? first : 0;
  const rule = part === 'SERIES_PART_THIS' ? undefined : movedRule(whole.recurrence, dayOf(entry), moved.start.format(DAY));
  const body = moved.allDay ? daysOf(entry, moved, by) : timesOf(entry, moved, by);
  await client.PATCH('/v1/appointments/{appointmentId}', {
    params: {
      path,
      query: {
        updateMask: ['startTime', 'endTime', 'startDate', 'endDate', ...(rule ? ['recurrence'] : [])].join(','),
        part,
        ...(occurrence && part !== 'SERIES_PART_ALL' ? { originalStartTime: occurrence } : {}),
      },
      header: { 'If-Match': `"${whole.etag}"` },
    },
    body: { ...body, ...(rule ? { recurrence: rule } : {}) },
  });
}

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
