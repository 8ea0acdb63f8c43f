import { Tag } from 'antd';
import type { ColumnType } from 'antd/es/table';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Formats } from '../../../design/formats';
import { Text } from '../../../design/Text';
import { BALANCES, balanceCell, isBalance, type ListedCustomer } from './balances';

/** The fields that the list can show, as the contract names them; their words are under `column`. */
export const COLUMN_NAMES = [
  'display_name',
  'customer_number',
  'kind',
  'tier',
  'state',
  ...BALANCES,
  'lead_person_id',
  'organisation_path',
  'phone',
  'identifier',
  'tags',
  'birth_or_founding_date',
  'industry_code',
  'size',
  'ownership',
  'listing',
  'create_time',
  'update_time',
] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];

/** By which the list can be ordered. */
export const ORDERS: ColumnName[] = ['customer_number', 'display_name', 'create_time', 'update_time'];

/** The columns that a person may see: what customers have is not everybody's. */
export const columnsFor = (mayReadHoldings: boolean): ColumnName[] =>
  COLUMN_NAMES.filter((name) => mayReadHoldings || !isBalance(name));

/** What the export calls a column that the list shows by another name. */
const EXPORTED: Partial<Record<ColumnName, string>> = { lead_person_id: 'lead_staff_number' };
/** The columns of the export that stand for those of the list; it is of records, and has no balances. */
export const exportedColumns = (names: readonly ColumnName[]): string[] =>
  names.filter((name) => !isBalance(name)).map((name) => EXPORTED[name] ?? name);

const WIDTHS: Partial<Record<ColumnName, number>> = {
  display_name: 240,
  customer_number: 136,
  kind: 104,
  tier: 88,
  state: 96,
  assets: 128,
  deposits: 128,
  loans: 128,
  lead_person_id: 104,
  organisation_path: 176,
  phone: 136,
  identifier: 184,
  tags: 176,
  birth_or_founding_date: 128,
  industry_code: 96,
  size: 88,
  ownership: 112,
  listing: 128,
  create_time: 168,
  update_time: 168,
};

export interface Words {
  t: TFunction<'customers'>;
  named: (value: string | undefined) => string;
  formats: Formats;
  leadName: (personId: string | undefined) => string;
  unitName: (organisationPath: string | undefined) => string;
}

const STATE_TONES: Record<string, string> = { CUSTOMER_STATE_PROSPECT: 'processing', CUSTOMER_STATE_DORMANT: 'warning' };

export function tierTag(tier: string, named: Words['named']): ReactNode {
  const words = named(tier);
  return words ? <Tag className={tier.toLowerCase().replace(/_/g, '-')}>{words}</Tag> : null;
}

export function stateTag(state: string, named: Words['named']): ReactNode {
  return state === 'CUSTOMER_STATE_ACTIVE' ? named(state) : <Tag color={STATE_TONES[state] ?? 'default'}>{named(state)}</Tag>;
}

function cell(name: ColumnName, customer: ListedCustomer, { named, formats, leadName, unitName }: Words): ReactNode {
  if (isBalance(name)) return balanceCell(name, customer, formats);
  switch (name) {
    case 'display_name':
      return (
        <Link to={`/customers/${customer.customerId}`} className="customer-name">
          {customer.displayName}
        </Link>
      );
    case 'customer_number':
      return customer.customerNumber;
    case 'kind':
    case 'size':
    case 'ownership':
      return named(customer[name]);
    case 'tier':
      return tierTag(customer.tier, named);
    case 'state':
      return stateTag(customer.state, named);
    case 'lead_person_id':
      return leadName(customer.leadPersonId);
    case 'organisation_path':
      return unitName(customer.organisationPath);
    case 'tags':
      return customer.tags.map((tag) => <Tag key={tag}>{tag}</Tag>);
    case 'birth_or_founding_date':
      return customer.birthOrFoundingDate ? formats.date(customer.birthOrFoundingDate) : '';
    case 'industry_code':
      return customer.industryCode;
    case 'create_time':
      return formats.instant(customer.createTime);
    case 'update_time':
      return formats.instant(customer.updateTime);
    default:
      return customer[name];
  }
}

/** The chosen columns of the table; those by which it can be ordered carry their order in the heading. */
export function columnsOf(
  names: readonly ColumnName[],
  words: Words,
  order: string,
  onOrder: (order: string) => void,
): ColumnType<ListedCustomer>[] {
  return names.map((name) => {
    const column: ColumnType<ListedCustomer> = {
      key: name,
      title: words.t(`column.${name}`),
      width: WIDTHS[name] ?? 140,
      ellipsis: true,
      render: (_, customer) => cell(name, customer, words) || <Text type="secondary">—</Text>,
    };
    if (isBalance(name)) column.align = 'right';
    if (name === 'display_name') column.fixed = 'start';
    if (!ORDERS.includes(name)) return column;
    return { ...column, ...orderedHeading(name, words, order, onOrder) };
  });
}

function orderedHeading(
  name: ColumnName,
  { t }: Words,
  order: string,
  onOrder: (order: string) => void,
): ColumnType<ListedCustomer> {
  const [ordered = 'customer_number', direction] = (order || 'customer_number').split(' ');
  const here = ordered === name;
  const next = here && direction !== 'desc' ? `${name} desc` : name;
  return {
    title: (
      <button type="button" className="order-heading" onClick={() => onOrder(next === 'customer_number' ? '' : next)}>
        {t(`column.${name}`)}
        <span aria-hidden="true">{here ? (direction === 'desc' ? ' ↓' : ' ↑') : ''}</span>
      </button>
    ),
    onHeaderCell: () => (here ? { 'aria-sort': direction === 'desc' ? 'descending' : 'ascending' } : {}),
  };
}
