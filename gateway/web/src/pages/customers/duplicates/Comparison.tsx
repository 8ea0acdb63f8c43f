import { Radio, Table } from 'antd';
import type { ColumnType } from 'antd/es/table';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { useRelationshipManagerNames, useUnitNames } from '../../../design/selects';
import type { Customer } from '../customer';
import { CHOSEN_FIELDS, type ChosenField, fieldValue } from './candidate';

interface Line {
  field: string;
  label: string;
  first: ReactNode;
  second: ReactNode;
  differs: boolean;
  /** A merge asks of which record the value is to be. */
  choice?: ChosenField;
}

interface Props {
  first: Customer;
  second: Customer;
  /** Of which record the values of a merge come; without it the two are only shown. */
  choosing?: {
    survivor: 'first' | 'second';
    taken: ReadonlySet<ChosenField>;
    onTake: (field: ChosenField, taken: boolean) => void;
  };
}

const WORDS: Record<ChosenField, string> = {
  displayName: 'display_name',
  identifier: 'identifier',
  phone: 'phone',
  tier: 'tier',
  birthOrFoundingDate: 'birth_or_founding_date',
  industryCode: 'industry_code',
  size: 'size',
  ownership: 'ownership',
  listing: 'listing',
};

/** Two records field by field; what differs is marked. */
export function Comparison({ first, second, choosing }: Props) {
  const { t } = useTranslation('customers');
  const lines = useLines(first, second);
  const side = (which: 'first' | 'second'): ColumnType<Line> => ({
    key: which,
    title: t(`duplicates.${which}`),
    render: (_, line) => {
      const { choice } = line;
      if (!choosing || !choice || !line.differs) return line[which] || '—';
      const own = choosing.survivor === which;
      return (
        <Radio
          checked={choosing.taken.has(choice) !== own}
          onChange={() => choosing.onTake(choice, !own)}
          name={`${choice}-${which}`}
        >
          {line[which] || '—'}
        </Radio>
      );
    },
  });
  return (
    <Table<Line>
      aria-label={t('duplicates.comparison')}
      size="small"
      pagination={false}
      rowKey="field"
      dataSource={lines}
      scroll={{ x: 560 }}
      rowClassName={(line) => (line.differs ? 'differs' : '')}
      columns={[
        {
          key: 'field',
          title: t('workbench:stale.field'),
          width: 136,
          fixed: 'start',
          render: (_, { label, differs }) => (
            <span>
              {label}
              {differs && <span className="differs-mark">{t('duplicates.differs')}</span>}
            </span>
          ),
        },
        side('first'),
        side('second'),
      ]}
    />
  );
}

function useLines(first: Customer, second: Customer): Line[] {
  const { t } = useTranslation('customers');
  const named = useNamed();
  const formats = useFormats();
  const leadName = useRelationshipManagerNames();
  const unitName = useUnitNames();
  const line = (field: string, label: string, read: (customer: Customer) => string): Line => ({
    field,
    label,
    first: read(first),
    second: read(second),
    differs: read(first) !== read(second),
  });
  const chosen = CHOSEN_FIELDS.map((field) => ({
    ...line(field, t(`column.${WORDS[field]}`), (customer) => {
      const value = fieldValue(customer, field);
      if (field === 'birthOrFoundingDate') return value && formats.date(value);
      return ['tier', 'size', 'ownership'].includes(field) ? named(value) : value;
    }),
    choice: field,
  })).filter((each) => each.first || each.second);
  const list = (values: string[]) => values.filter(Boolean).join(t('handOver.comma'));
  const kept = [
    line('state', t('column.state'), (customer) => named(customer.state)),
    line('lead', t('column.lead_person_id'), (customer) => leadName(customer.leadPersonId)),
    line('unit', t('column.organisation_path'), (customer) => unitName(customer.organisationPath)),
    line('otherNames', t('duplicates.otherNames'), (customer) => list(customer.otherNames.map(({ name }) => name))),
    line('contactPoints', t('duplicates.contactPoints'), (customer) => list(customer.contactPoints.map(({ value }) => value))),
    line('addresses', t('duplicates.addresses'), (customer) =>
      list(customer.addresses.map((address) => address.divisionName + address.line)),
    ),
    line('tags', t('column.tags'), (customer) => list(customer.tags)),
    line('createTime', t('column.create_time'), (customer) => formats.instant(customer.createTime)),
  ].filter((each) => each.first || each.second);
  const link = ({ customerId, customerNumber }: Customer) => <Link to={`/customers/${customerId}`}>{customerNumber}</Link>;
  const number = {
    field: 'customerNumber',
    label: t('column.customer_number'),
    first: link(first),
    second: link(second),
    differs: false,
  };
  return [number, ...chosen, ...kept];
}
