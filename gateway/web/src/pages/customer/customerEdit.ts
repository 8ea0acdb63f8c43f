// What of a record can be edited here, and how it goes back to the service.
import type { Schema } from '@rm-workbench/client';
import { useTranslation } from 'react-i18next';
import type { StaleField } from '../../api/StaleEdit';
import { useNamed } from '../../design/Named';
import type { Customer } from './customer';

export const TIERS = ['CUSTOMER_TIER_MASS', 'CUSTOMER_TIER_AFFLUENT', 'CUSTOMER_TIER_PREMIER', 'CUSTOMER_TIER_PRIVATE'] as const;
export const STATES = [
  'CUSTOMER_STATE_PROSPECT',
  'CUSTOMER_STATE_ACTIVE',
  'CUSTOMER_STATE_DORMANT',
  'CUSTOMER_STATE_CLOSED',
] as const;
export const SIZES = [
  'ENTERPRISE_SIZE_LARGE',
  'ENTERPRISE_SIZE_MEDIUM',
  'ENTERPRISE_SIZE_SMALL',
  'ENTERPRISE_SIZE_MICRO',
] as const;
export const OWNERSHIPS = [
  'OWNERSHIP_STATE',
  'OWNERSHIP_COLLECTIVE',
  'OWNERSHIP_PRIVATE',
  'OWNERSHIP_FOREIGN',
  'OWNERSHIP_HONG_KONG_MACAO_TAIWAN',
  'OWNERSHIP_MIXED',
] as const;
export const CHANNELS = [
  'CHANNEL_PHONE',
  'CHANNEL_TEXT_MESSAGE',
  'CHANNEL_EMAIL',
  'CHANNEL_WECHAT',
  'CHANNEL_LETTER',
  'CHANNEL_VISIT',
] as const;

export interface Edit {
  displayName: string;
  phone: string;
  birthOrFoundingDate: string;
  tier: Customer['tier'];
  state: Customer['state'];
  size: Customer['size'];
  ownership: Customer['ownership'];
  listing: string;
  industryCode: string;
  tags: string[];
  channel: Schema<'customer.v1.Channel'>;
  contactHours: string;
  noOffers: boolean;
}

const PATHS: Record<keyof Edit, string> = {
  displayName: 'displayName',
  phone: 'phone',
  birthOrFoundingDate: 'birthOrFoundingDate',
  tier: 'tier',
  state: 'state',
  size: 'size',
  ownership: 'ownership',
  listing: 'listing',
  industryCode: 'industryCode',
  tags: 'tags',
  channel: 'preferences.channel',
  contactHours: 'preferences.contactHours',
  noOffers: 'preferences.noOffers',
};
const FIELDS = Object.keys(PATHS) as (keyof Edit)[];

export function editOf(customer: Customer): Edit {
  const { preferences } = customer;
  return {
    displayName: customer.displayName,
    phone: customer.phone,
    birthOrFoundingDate: customer.birthOrFoundingDate,
    tier: customer.tier,
    state: customer.state,
    size: customer.size,
    ownership: customer.ownership,
    listing: customer.listing,
    industryCode: customer.industryCode,
    tags: customer.tags,
    channel: preferences?.channel ?? 'CHANNEL_UNSPECIFIED',
    contactHours: preferences?.contactHours ?? '',
    noOffers: preferences?.noOffers ?? false,
  };
}

/** The paths of what differs. */
export function changedOf(before: Edit, after: Edit): string[] {
  return FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field] ?? before[field])).map(
    (field) => PATHS[field],
  );
}

/** The body of a change; of it the service takes what the mask names. */
export function inputOf(customer: Customer, edit: Edit): Schema<'customer.v1.Customer.Input'> {
  return {
    customerNumber: customer.customerNumber,
    kind: customer.kind as Schema<'customer.v1.Customer.Input'>['kind'],
    displayName: edit.displayName,
    phone: edit.phone,
    birthOrFoundingDate: edit.birthOrFoundingDate,
    tier: edit.tier,
    state: edit.state as NonNullable<Schema<'customer.v1.Customer.Input'>['state']>,
    size: edit.size,
    ownership: edit.ownership,
    listing: edit.listing,
    industryCode: edit.industryCode,
    tags: edit.tags,
    preferences: {
      ...customer.preferences,
      channel: edit.channel,
      contactHours: edit.contactHours,
      noOffers: edit.noOffers,
    },
  };
}

const LABELS: Record<keyof Edit, string> = {
  displayName: 'field.displayName',
  phone: 'phone',
  birthOrFoundingDate: 'field.date',
  tier: 'field.tier',
  state: 'workbench:field.state',
  size: 'field.size',
  ownership: 'field.ownership',
  listing: 'field.listing',
  industryCode: 'field.industry',
  tags: 'field.tags',
  channel: 'field.channel',
  contactHours: 'field.contactHours',
  noOffers: 'field.noOffers',
};

/** Both versions of the fields that one wanted to change, for whoever was slower. */
export function useFieldWords(): (theirs: Edit, mine: Edit, changed: readonly string[]) => StaleField[] {
  const { t } = useTranslation('customer');
  const named = useNamed();
  const shown = (value: unknown) => {
    if (Array.isArray(value)) return value.join(t('listSeparator'));
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    const text = String(value ?? '');
    return /^[A-Z]+(_[A-Z]+)+$/.test(text) ? named(text) : text;
  };
  return (theirs, mine, changed) =>
    FIELDS.filter((field) => changed.includes(PATHS[field])).map((field) => ({
      label: t(LABELS[field]),
      theirs: shown(theirs[field]),
      mine: shown(mine[field]),
    }));
}
