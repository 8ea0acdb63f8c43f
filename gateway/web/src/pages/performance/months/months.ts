// Months, their runs and their closing: what the pages of them share.
import type { Schema } from '@rm-workbench/client';
import { useAccess } from '../../../access/access';
import { api, refresh } from '../../../api/client';
import { mayForBank } from '../charge';

export type Month = Schema<'performance.v1.ResultMonth'>;
export type Closing = Schema<'performance.v1.MonthClosing'>;
export type Run = Schema<'performance.v1.Run'>;
export type RunIssue = Schema<'performance.v1.RunIssue'>;
export type RunDifference = Schema<'performance.v1.RunDifference'>;
export type Tone = 'success' | 'warning' | 'error' | 'processing' | 'default';

const BUSY_MILLISECONDS = 1_500;
const IDLE_MILLISECONDS = 15_000;
/** Enough for the months of many years: the bank asks for all at once. */
const PAGE_SIZE_MAX = 1000;

export const RUN_TONES: Partial<Record<Run['state'], Tone>> = {
  RUN_STATE_RUNNING: 'processing',
  RUN_STATE_SUCCEEDED: 'success',
  RUN_STATE_FAILED: 'error',
};

/** `/performance/months/2026-10` of `2026-10-01`. */
export const addressOfMonth = (monthDate: string): string => `/performance/months/${monthDate.slice(0, 7)}`;

/** The last day of a month. */
export function lastDayOf(monthDate: string): string {
  const [year = 0, month = 0] = monthDate.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

/** Whether the month's results reach to its last day: before that it cannot be closed. */
export const isOver = (month: Month): boolean => month.asOfDate === lastDayOf(month.monthDate);

export const isRunning = (run: Run): boolean => run.state === 'RUN_STATE_RUNNING';

export interface MonthRights {
  mayCompute: boolean;
  mayClose: boolean;
}

export function useMonthRights(): MonthRights {
  const access = useAccess();
  return {
    mayCompute: mayForBank(access, 'performance.run.start'),
    mayClose: mayForBank(access, 'performance.month.close'),
  };
}

/** All months of which there are datasets. */
export function useMonths() {
  return api.useQuery('get', '/v1/resultMonths', { params: { query: { pageSize: PAGE_SIZE_MAX } } });
}

/** What was asked and decided of closing months, the latest first; of all months, or of one. */
export function useClosings(monthDate = '') {
  return api.useQuery('get', '/v1/monthClosings', { params: { query: { monthDate, pageSize: PAGE_SIZE_MAX } } });
}

/** The closing of a month that waits for a second person. */
export function waitingOf(closings: Closing[] | undefined, monthDate: string): Closing | undefined {
  return closings?.find((each) => each.monthDate === monthDate && each.state === 'MONTH_CLOSING_STATE_REQUESTED');
}

/** What came late of closed months and would have changed them; of all months, or of one. */
export function useLateChanges(monthDate = '') {
  return api.useQuery('get', '/v1/lateChanges', { params: { query: { monthDate, pageSize: PAGE_SIZE_MAX } } });
}

/** One run, asked for again and again while it is under way. */
export function useRun(runId: string) {
  return api.useQuery(
    'get',
    '/v1/runs/{runId}',
    { params: { path: { runId } } },
    {
      enabled: runId !== '',
      refetchInterval: ({ state }) => (state.data && isRunning(state.data) ? BUSY_MILLISECONDS : false),
    },
  );
}

/** The runs of a month that are under way; asked for often while there are any, since others may start some. */
export function useRunsUnderWay(monthDate: string) {
  return api.useQuery(
    'get',
    '/v1/runs',
    { params: { query: { monthDate, state: 'RUN_STATE_RUNNING', pageSize: 10 } } },
    { refetchInterval: ({ state }) => (state.data?.runs.length ? BUSY_MILLISECONDS : IDLE_MILLISECONDS) },
  );
}

/** What a run or a closing changes: months, runs, what is late, and all figures that stand on them. */
export function monthsChanged(): Promise<void> {
  return refresh('/v1/resultMonths', '/v1/runs', '/v1/lateChanges', '/v1/monthClosings', '/v1/freshness', '/v1/figures');
}
