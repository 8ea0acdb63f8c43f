import type { Schema } from '@rm-workbench/client';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { everything } from '../everything';

export type Entry = Schema<'activity.v1.CalendarEntry'>;
export type Report = Schema<'activity.v1.TeamWorkReport'>;
export type Load = Schema<'activity.v1.TaskLoad'>;
export type Overview = Schema<'analytics.v1.WarningsOverview'>;
export type Manager = Schema<'customer.v1.RelationshipManager'>;

export interface TeamDay {
  managers: UseQueryResult<Manager[]>;
  entries: UseQueryResult<Entry[]>;
  reports: UseQueryResult<Report[]>;
  loads: UseQueryResult<Load[]>;
  warnings: UseQueryResult<Overview | undefined>;
}

/** Everything is asked for at once, and each part is shown as it comes. */
export function useTeamDay(organisationPath: string, date: string): TeamDay {
  const { may } = useAccess();
  const managers = useQuery({
    queryKey: ['/v1/relationshipManagers', 'whole'],
    queryFn: () =>
      everything(
        (pageToken) => client.GET('/v1/relationshipManagers', { params: { query: { pageSize: 1000, pageToken } } }),
        (page) => page.relationshipManagers,
      ),
    select: (people) => people.filter((person) => person.organisationPath.startsWith(organisationPath)),
    staleTime: 5 * 60_000,
  });
  const entries = useQuery({
    queryKey: ['/v1/calendar', organisationPath, date],
    queryFn: () => {
      const startTime = dayjs(date).startOf('day').toISOString();
      const endTime = dayjs(date).endOf('day').toISOString();
      return everything(
        (pageToken) =>
          client.GET('/v1/calendar', { params: { query: { organisationPath, startTime, endTime, pageSize: 1000, pageToken } } }),
        (page) => page.entries,
      );
    },
    enabled: may('activity.schedule.read'),
  });
  const reports = useQuery({
    queryKey: ['/v1/teamWorkReports', organisationPath, date],
    queryFn: () =>
      everything(
        (pageToken) =>
          client.GET('/v1/teamWorkReports', {
            params: { query: { organisationPath, period: 'WORK_PERIOD_DAY', dayDate: date, pageSize: 100, pageToken } },
          }),
        (page) => page.teamWorkReports,
      ),
    enabled: may('activity.report.read'),
  });
  const loads = useQuery({
    queryKey: ['/v1/taskLoads', organisationPath],
    queryFn: async () => (await client.GET('/v1/taskLoads', { params: { query: { organisationPath } } })).data?.loads ?? [],
  });
  const warnings = api.useQuery(
    'get',
    '/v1/warnings:overview',
    { params: { query: { organisationPath } } },
    { enabled: may('analytics.warning.read') },
  );
  return { managers, entries, reports, loads, warnings };
}
