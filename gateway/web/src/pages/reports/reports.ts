// Work reports as the page asks for them, and the days of a period.
import type { Schema } from '@rm-workbench/client';
import { refresh } from '../../api/client';
import type { Formats } from '../../design/formats';

export type WorkReport = Schema<'activity.v1.WorkReport'>;
export type Completion = Schema<'activity.v1.WorkCompletion'>;
export type Figures = Schema<'activity.v1.WorkFigures'>;
export type Period = 'WORK_PERIOD_DAY' | 'WORK_PERIOD_WEEK' | 'WORK_PERIOD_MONTH';
export type TeamReport = Schema<'activity.v1.TeamWorkReport'>;

export const PERIODS: Period[] = ['WORK_PERIOD_DAY', 'WORK_PERIOD_WEEK', 'WORK_PERIOD_MONTH'];
export const REPORT_TONES: Record<string, 'success' | 'processing' | 'warning' | 'default'> = {
  WORK_REPORT_STATE_SUBMITTED: 'processing',
  WORK_REPORT_STATE_CONFIRMED: 'success',
  WORK_REPORT_STATE_RETURNED: 'warning',
};

export const refreshReports = () => refresh('/v1/workReports', '/v1/teamWorkReports', '/v1/workCompletion', '/v1/workTrace');

/** The days of a report as people say them: a day, a week from its first to its last day, a month. */
export function spanOf(report: { period: string; startDate: string; endDate: string }, formats: Formats): string {
  if (report.period === 'WORK_PERIOD_DAY') return formats.dateLong(report.startDate);
  if (report.period === 'WORK_PERIOD_MONTH') return formats.month(report.startDate);
  return `${formats.date(report.startDate)} – ${formats.date(report.endDate)}`;
}

/** A day of the period that begins so many periods later. */
export function shifted(day: string, period: Period, by: number): string {
  const date = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  if (period === 'WORK_PERIOD_MONTH') date.setUTCMonth(date.getUTCMonth() + by, 1);
  else date.setUTCDate(date.getUTCDate() + by * (period === 'WORK_PERIOD_WEEK' ? 7 : 1));
  return date.toISOString().slice(0, 10);
}
