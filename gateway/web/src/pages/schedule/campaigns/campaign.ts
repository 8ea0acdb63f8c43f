import type { Schema } from '@rm-workbench/client';

export type Campaign = Schema<'activity.v1.Campaign'>;
export type CampaignCustomer = Schema<'activity.v1.CampaignCustomer'>;
export type Progress = Schema<'activity.v1.CampaignProgress'>;
export type Counts = Schema<'activity.v1.CampaignCounts'>;

export const STATES = [
  'CAMPAIGN_STATE_DRAFT',
  'CAMPAIGN_STATE_LAUNCHING',
  'CAMPAIGN_STATE_RUNNING',
  'CAMPAIGN_STATE_ENDED',
  'CAMPAIGN_STATE_CANCELLED',
] as const;
export const TONES = {
  CAMPAIGN_STATE_UNSPECIFIED: 'default',
  CAMPAIGN_STATE_DRAFT: 'default',
  CAMPAIGN_STATE_LAUNCHING: 'processing',
  CAMPAIGN_STATE_RUNNING: 'processing',
  CAMPAIGN_STATE_ENDED: 'success',
  CAMPAIGN_STATE_CANCELLED: 'default',
} as const;
export const ASSIGNMENTS = ['CAMPAIGN_ASSIGNMENT_LEAD', 'CAMPAIGN_ASSIGNMENT_BALANCED'] as const;

export const isDraft = ({ state }: Campaign): boolean => state === 'CAMPAIGN_STATE_DRAFT';
export const isOver = ({ state }: Campaign): boolean => state === 'CAMPAIGN_STATE_ENDED' || state === 'CAMPAIGN_STATE_CANCELLED';

/** What changes where a campaign does. */
export const AFFECTED = ['/v1/campaigns', '/v1/tasks', '/v1/operations'];
