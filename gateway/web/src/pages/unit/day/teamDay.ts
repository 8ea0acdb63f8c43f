import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { type RelationshipManager, useRelationshipManagers } from '../../../design/selects';
import { everything } from '../everything';

export type Entry = Schema<'activity.v1.CalendarEntry'>;
export type Report = Schema<'activity.v1.TeamWorkReport'>;
export type Load = Schema<'activity.v1.TaskLoad'>;
export type Overview = Schema<'analytics.v1.WarningsOverview'>;

interface Part<Data> {
  data: Data | undefined;
  error: unknown;
  isPending: boolean;
  isError: boolean;
  refetch: () => unknown;
}

export interface TeamDay {
  managers: Part<RelationshipManager[]>;
  entries: Part<Entry[]>;
  reports: Part<Report[]>;
  loads: Part<Load[]>;
  warnings: Part<Overview>;
}

/** Everything is asked for at once, and each part is shown as it comes. */
export function useTeamDay(organisationPath: string, date: string): TeamDay {
  const { may } = useAccess();
  const people = useRelationshipManagers();
  const managers = {
    ...people,
    data: people.data?.filter((person) => person.organisationPath.startsWith(organisationPath)),
  };
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
