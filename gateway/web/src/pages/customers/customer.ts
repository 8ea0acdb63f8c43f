// Terms of a customer that the pages of this area share.
import type { Schema } from '@rm-workbench/client';

export type Customer = Schema<'customer.v1.Customer'>;
export type CustomerInput = Schema<'customer.v1.Customer.Input'>;

export const KINDS = [
  'CUSTOMER_KIND_RETAIL',
  'CUSTOMER_KIND_CORPORATE',
  'CUSTOMER_KIND_FINANCIAL_INSTITUTION',
  'CUSTOMER_KIND_PUBLIC_SECTOR',
] as const;

export const TIERS = ['CUSTOMER_TIER_PRIVATE', 'CUSTOMER_TIER_PREMIER', 'CUSTOMER_TIER_AFFLUENT', 'CUSTOMER_TIER_MASS'] as const;

export const STATES = [
  'CUSTOMER_STATE_ACTIVE',
  'CUSTOMER_STATE_PROSPECT',
  'CUSTOMER_STATE_DORMANT',
  'CUSTOMER_STATE_CLOSED',
  'CUSTOMER_STATE_MERGED',
] as const;
