import { pages, type Schema } from '@rm-workbench/client';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { DAY, instantOf, today } from '../days';
import type { Entry, Proposal } from './entries';
import { type Range, weeksOf } from './range';

export type CalendarDay = Schema<'activity.v1.CalendarDay'>;

/** Whose calendar: one's own where empty, a unit's people by its path, else a person's. */
export type Whose = string;
export const isUnit = (whose: Whose): boolean => whose.startsWith('/');

/** The service tells conflicts of so many days at most. */
const CONFLICT_DAYS_MAX = 31;
const PAGE_SIZE = 1_000;

function entriesQuery(whose: Whose, { start, end }: Range) {
  const named = isUnit(whose) ? { organisationPath: whose } : whose ? { personId: whose } : {};
  return {
    queryKey: ['/v1/calendar', whose, start, end],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const entries: Entry[] = [];
      const ask = (pageToken: string) => {
        const query = { ...named, startTime: instantOf(start), endTime: instantOf(end), pageSize: PAGE_SIZE, pageToken };
        return client.GET('/v1/calendar', { params: { query }, signal });
      };
      for await (const page of pages(ask)) entries.push(...page.entries);
      return entries;
    },
  };
}

/** All that a calendar's view shows of some days. */
export function useCalendar(whose: Whose, range: Range) {
  const { may } = useAccess();
  const entries = useQuery({ ...entriesQuery(whose, range), placeholderData: keepPreviousData });
  return { entries, proposals: useProposals(whose, range, may('activity.cycle.read')), days: useDays(range) };
}

function useProposals(whose: Whose, range: Range, may: boolean): Proposal[] {
  // What was not decided in a week that is over has lapsed.
  const weeks = weeksOf(range).filter((week) => dayjs(week).add(7, 'day').format(DAY) > today());
  return useQueries({
    queries: weeks.map((weekStartDate) => ({
      queryKey: ['/v1/visitProposals', whose, weekStartDate],
      queryFn: async () => {
        const query = { weekStartDate, pageSize: PAGE_SIZE, ...(whose ? { personId: whose } : {}) };
        return (await client.GET('/v1/visitProposals', { params: { query } })).data?.visitProposals ?? [];
      },
      enabled: may && !isUnit(whose),
    })),
    combine: (asked) => asked.flatMap(({ data }) => data ?? []).filter((each) => each.state === 'VISIT_PROPOSAL_STATE_PROPOSED'),
  });
}

function useDays(range: Range): Map<string, CalendarDay> {
  const endDate = dayjs(range.end).subtract(1, 'day').format(DAY);
  const { data } = useQuery({
    queryKey: ['/v1/workdays', range.start, endDate],
    queryFn: async () =>
      (await client.GET('/v1/workdays', { params: { query: { startDate: range.start, endDate } } })).data?.days ?? [],
    staleTime: 3_600_000,
  });
  return new Map((data ?? []).map((day) => [day.dayDate, day]));
}

/** What is at the same time, in one person's calendar. */
export function useConflicts(whose: Whose, { start, end }: Range) {
  const last = dayjs(start).add(CONFLICT_DAYS_MAX, 'day').format(DAY);
  const until = end < last ? end : last;
  return useQuery({
    queryKey: ['/v1/calendar:conflicts', whose, start, until],
    queryFn: async () => {
      const query = { startTime: instantOf(start), endTime: instantOf(until), ...(whose ? { personId: whose } : {}) };
      return (await client.GET('/v1/calendar:conflicts', { params: { query } })).data?.conflicts ?? [];
    },
    enabled: !isUnit(whose),
  });
}
