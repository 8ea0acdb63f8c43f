// Leads and opportunities as the page asks for them, and where each stands on its board.
import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { useAccess } from '../../access/access';
import { client, refresh } from '../../api/client';
import type { Money } from '../../design/formats';

export type Lead = Schema<'activity.v1.Lead'>;
export type Opportunity = Schema<'activity.v1.Opportunity'>;
export type Pipeline = Schema<'activity.v1.Pipeline'>;
export type LeadState = Exclude<Lead['state'], 'LEAD_STATE_UNSPECIFIED'>;
export type OpportunityState = Exclude<Opportunity['state'], 'OPPORTUNITY_STATE_UNSPECIFIED'>;

/** More cards than these nobody surveys; what is beyond is told. */
export const BOARD_CARDS_MAX = 500;

export const LEAD_STATES: LeadState[] = [
  'LEAD_STATE_NEW',
  'LEAD_STATE_QUALIFIED',
  'LEAD_STATE_CONVERTED',
  'LEAD_STATE_DISQUALIFIED',
];
export const OPPORTUNITY_STATES: OpportunityState[] = [
  'OPPORTUNITY_STATE_OPEN',
  'OPPORTUNITY_STATE_WON',
  'OPPORTUNITY_STATE_LOST',
];
export const LEAD_SOURCES: Lead['source'][] = [
  'LEAD_SOURCE_WALK_IN',
  'LEAD_SOURCE_CUSTOMER_REFERRAL',
  'LEAD_SOURCE_COLLEAGUE_REFERRAL',
  'LEAD_SOURCE_CAMPAIGN',
  'LEAD_SOURCE_ONLINE',
  'LEAD_SOURCE_CALL',
  'LEAD_SOURCE_EVENT',
  'LEAD_SOURCE_ANALYTICS',
  'LEAD_SOURCE_OWN_WORK',
  'LEAD_SOURCE_OTHER',
];

/** What changes with any of them. */
export const refreshLeads = () => refresh('/v1/leads', '/v1/opportunities', '/v1/customers', '/v1/approvals');

/** The whole of what is open, up to what a board holds. */
export function useOpenLeads(organisationPath: string) {
  return useQuery({
    queryKey: ['/v1/leads', 'board', organisationPath],
    queryFn: async ({ signal }) =>
      (
        await client.GET('/v1/leads', {
          params: {
            query: { organisationPath, states: ['LEAD_STATE_NEW', 'LEAD_STATE_QUALIFIED'], pageSize: BOARD_CARDS_MAX },
          },
          signal,
        })
      ).data,
  });
}

export function useOpenOpportunities(organisationPath: string, pipelineId: string) {
  return useQuery({
    queryKey: ['/v1/opportunities', 'board', organisationPath, pipelineId],
    queryFn: async ({ signal }) =>
      (
        await client.GET('/v1/opportunities', {
          params: {
            query: { organisationPath, pipelineId, states: ['OPPORTUNITY_STATE_OPEN'], pageSize: BOARD_CARDS_MAX },
          },
          signal,
        })
      ).data,
    enabled: pipelineId !== '',
  });
}

export function usePipelines() {
  return useQuery({
    queryKey: ['/v1/pipelines'],
    queryFn: async () => (await client.GET('/v1/pipelines', { params: { query: { pageSize: 100 } } })).data?.pipelines ?? [],
    staleTime: 5 * 60_000,
  });
}

/** The version of a pipeline in which an opportunity was opened. */
export function usePipelineOf(opportunity: Opportunity | undefined) {
  const pipelineId = opportunity?.pipelineId ?? '';
  const versionNumber = opportunity?.pipelineVersionNumber ?? 0;
  return useQuery({
    queryKey: ['/v1/pipelines', pipelineId, versionNumber],
    queryFn: async () =>
      (await client.GET('/v1/pipelines/{pipelineId}', { params: { path: { pipelineId }, query: { versionNumber } } })).data,
    enabled: pipelineId !== '',
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Whether the caller works on it, and does not only see it. */
export function useMayWork(): (item: { ownerPersonId: string } | undefined) => boolean {
  const { may, leads, personId } = useAccess();
  return (item) => may('activity.lead.update') && item !== undefined && (leads || item.ownerPersonId === personId);
}

export const nameOf = (item: { customerName: string; prospectName: string }) => item.customerName || item.prospectName;
export const isOpen = (lead: Lead) => lead.state === 'LEAD_STATE_NEW' || lead.state === 'LEAD_STATE_QUALIFIED';

/** The sums of amounts, each currency by itself; exact, in hundredths. */
export function sumsOf(amounts: (Money | undefined)[]): Money[] {
  const sums = new Map<string, bigint>();
  for (const money of amounts) {
    if (money) sums.set(money.currencyCode, (sums.get(money.currencyCode) ?? 0n) + hundredths(money.amount));
  }
  return [...sums].map(([currencyCode, sum]) => ({ currencyCode, amount: decimal(sum) }));
}

function hundredths(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(2, '0').slice(0, 2));
}

function decimal(sum: bigint): string {
  const digits = sum.toString().replace('-', '').padStart(3, '0');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
