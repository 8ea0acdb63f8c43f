import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { everything } from '../everything';

/** Something that waits for a second person, whichever service keeps it. */
export interface Waiting {
  /** Where it is decided, such as `claims/0198…`. */
  resource: string;
  kind: string;
  organisationPath: string;
  requesterName: string;
  parameters: Record<string, string>;
  expireDate: string;
  createTime: string;
}

type Closing = Schema<'performance.v1.MonthClosing'>;
type Scheme = Schema<'performance.v1.Scheme'>;

/** What waits for the caller: of the inbox, and of what is listed where it is kept. The first first. */
export function useWaiting(own: boolean) {
  const { may, personId, scopePath } = useAccess();
  const approvals = useQuery({
    queryKey: ['/v1/approvals', own],
    queryFn: () =>
      everything(
        (pageToken) => client.GET('/v1/approvals', { params: { query: { own, pageSize: 200, pageToken } } }),
        (page) => page.approvals,
      ),
    refetchInterval: 60_000,
  });
  const closings = api.useQuery(
    'get',
    '/v1/monthClosings',
    { params: { query: { state: 'MONTH_CLOSING_STATE_REQUESTED', pageSize: 100 } } },
    { enabled: may('performance.month.close') },
  );
  const schemes = api.useQuery(
    'get',
    '/v1/schemes',
    { params: { query: { proposed: true, withRetired: true, pageSize: 100 } } },
    { enabled: may('performance.scheme.define') },
  );
  const others = [
    ...(closings.data?.monthClosings ?? [])
      .filter((closing) => (closing.requesterPersonId === personId) === own)
      .map((closing) => ofClosing(closing, scopePath)),
    ...(schemes.data?.schemes ?? [])
      .filter((scheme) => (scheme.proposerPersonId === personId) === own)
      .map((scheme) => ofScheme(scheme, scopePath)),
  ];
  const all = approvals.data && [...approvals.data.map((each) => ({ ...each, createTime: each.createTime ?? '' })), ...others];
  return {
    data: all?.sort((one, other) => one.createTime.localeCompare(other.createTime)),
    error: approvals.error,
    isPending: approvals.isPending,
    refetch: approvals.refetch,
    /** A part could not be asked for. */
    partial: closings.isError || schemes.isError,
  };
}

function ofClosing(closing: Closing, organisationPath: string): Waiting {
  return {
    resource: `monthClosings/${closing.monthClosingId}`,
    kind: 'month_closing',
    organisationPath,
    requesterName: '',
    parameters: { monthDate: closing.monthDate },
    expireDate: '',
    createTime: closing.createTime ?? '',
  };
}

function ofScheme({ schemeId, displayName, kind, proposeTime }: Scheme, organisationPath: string): Waiting {
  return {
    resource: `schemes/${schemeId}`,
    kind: 'scheme',
    organisationPath,
    requesterName: '',
    parameters: { displayName, kind },
    expireDate: '',
    createTime: proposeTime ?? '',
  };
}
