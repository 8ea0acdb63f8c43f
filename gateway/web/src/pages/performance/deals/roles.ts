// As what somebody works on a deal.
import type { Schema } from '@rm-workbench/client';

export type Role = Schema<'performance.v1.DealMember'>['role'];

/** Whose it is comes first. */
export const ROLES: Role[] = [
  'DEAL_ROLE_OWNER',
  'DEAL_ROLE_CO_WORKER',
  'DEAL_ROLE_PRODUCT_SPECIALIST',
  'DEAL_ROLE_REFERRER',
  'DEAL_ROLE_RISK_OFFICER',
  'DEAL_ROLE_SUPPORT',
];
