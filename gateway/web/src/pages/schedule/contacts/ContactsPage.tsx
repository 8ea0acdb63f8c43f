import { Card, Flex, Segmented, Select, Typography } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { client } from '../../../api/client';
import { DateField } from '../../../design/fields';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag, useNamedChoices } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { ScopeSelect, useScopePath } from '../../../design/ScopeSelect';
import { EmptyState } from '../../../design/States';
import { CustomerSelect } from '../../../design/selects';
import { useFilters } from '../../../design/useFilters';
import { LogContactButton } from '../../contacts/LogContact';
import '../schedule.css';
import { DAY, today } from '../days';
import { type Contact, type ContactState, KINDS, pathOf, STATES, TONES } from './contact';

/** A unit's contacts are asked for by so many days at most. */
const UNIT_DAYS_MAX = 92;
const UNIT_DAYS = 30;
const PAGE_SIZE = 100;

const NO_FILTERS = { scope: '', part: '', state: '', kinds: '', from: '', to: '', customer: '', customerName: '' };
type Filters = typeof NO_FILTERS;

/** Contacts of one's own, of a customer, or of a unit, the latest first. */
export default function ContactsPage() {
  const { t } = useTranslation('schedule');
  const navigate = useNavigate();
  const [filters, change] = useFilters(NO_FILTERS);
  const unit = useScopePath(filters.scope);
  const query = queryOf(filters, unit);
  return (
    <Page title={t('contacts.title')} actions={<LogContactButton />}>
      <ContactFilters filters={filters} ofUnit={Boolean(unit)} onChange={change} />
      <KeysetTable<Contact>
        label={t('contacts.title')}
        queryKey={['/v1/contacts', query]}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/contacts', {
            params: { query: { ...query, pageSize: PAGE_SIZE, pageToken } },
            signal,
          });
          return { rows: data?.contacts ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(contact) => contact.contactId}
        columns={useColumns(Boolean(unit || filters.part || filters.customer))}
        card={(contact) => <ContactCard contact={contact} />}
        onOpen={(contact) => navigate(pathOf(contact))}
        empty={<EmptyState words={t('contacts.none')} action={<LogContactButton type="default" />} />}
      />
    </Page>
  );
}

function queryOf(filters: Filters, unit: string) {
  const endDate =
    filters.to ||
    (unit
      ? dayjs(filters.from || today())
          .add(filters.from ? UNIT_DAYS_MAX - 1 : UNIT_DAYS, 'day')
          .format(DAY)
      : '');
  const startDate =
    filters.from ||
    (unit
      ? dayjs(endDate)
          .subtract(UNIT_DAYS * 2, 'day')
          .format(DAY)
      : '');
  const whose = filters.customer ? { customerId: filters.customer } : unit ? { organisationPath: unit } : {};
  return {
    ...whose,
    ...(filters.part === 'colleague' && !unit && !filters.customer ? { asColleague: true } : {}),
    ...(filters.state ? { states: [filters.state as ContactState] } : {}),
    ...(filters.kinds ? { kinds: filters.kinds.split(',') as Contact['kind'][] } : {}),
    ...(startDate ? { startDate } : {}),
    ...(endDate ? { endDate } : {}),
  };
}

interface FiltersProps {
  filters: Filters;
  ofUnit: boolean;
  onChange: (changed: Partial<Filters>) => void;
}

function ContactFilters({ filters, ofUnit, onChange }: FiltersProps) {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  const states = choices(STATES).map(({ value, label }) => ({ value: value as string, label }));
  return (
    <Flex wrap gap={8} className="schedule-list-filters">
      <ScopeSelect value={filters.scope} onChange={(scope) => onChange({ scope })} />
      {!ofUnit && (
        <Segmented
          aria-label={t('contacts.part')}
          value={filters.part}
          onChange={(part) => onChange({ part })}
          options={[
            { value: '', label: t('contacts.mine') },
            { value: 'colleague', label: t('contacts.asColleague') },
          ]}
        />
      )}
      <Select
        aria-label={t('contacts.state')}
        className="schedule-filter"
        value={filters.state}
        onChange={(state) => onChange({ state })}
        options={[{ value: '', label: t('contacts.anyState') }, ...states]}
      />
      <Select
        mode="multiple"
        allowClear
        aria-label={t('contacts.kind')}
        className="schedule-filter-wide"
        placeholder={t('contacts.anyKind')}
        maxTagCount="responsive"
        value={filters.kinds ? filters.kinds.split(',') : []}
        onChange={(kinds: string[]) => onChange({ kinds: kinds.join(',') })}
        options={choices(KINDS)}
      />
      <Flex gap={4} align="center">
        <DateField
          aria-label={t('contacts.from')}
          placeholder={t('contacts.from')}
          value={filters.from}
          onChange={(from) => onChange({ from })}
          {...(filters.to ? { max: filters.to } : {})}
        />
        –
        <DateField
          aria-label={t('contacts.to')}
          placeholder={t('contacts.to')}
          value={filters.to}
          onChange={(to) => onChange({ to })}
          {...(filters.from ? { min: filters.from } : {})}
          {...(ofUnit && filters.from
            ? {
                max: dayjs(filters.from)
                  .add(UNIT_DAYS_MAX - 1, 'day')
                  .format(DAY),
              }
            : {})}
        />
      </Flex>
      <CustomerSelect
        allowClear
        aria-label={t('form.customer')}
        className="schedule-filter-wide"
        chosenName={filters.customerName}
        {...(filters.customer ? { value: filters.customer } : {})}
        onChange={(customer, customerName) => onChange({ customer: customer ?? '', customerName: customer ? customerName : '' })}
      />
    </Flex>
  );
}

function useColumns(ofOthers: boolean) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  return [
    {
      title: t('contacts.when'),
      width: 170,
      render: (_: unknown, contact: Contact) => (
        <Link to={pathOf(contact)} onClick={(event) => event.stopPropagation()}>
          {`${formats.date(contact.businessDate)} ${formats.time(contact.startTime)}`}
        </Link>
      ),
    },
    { title: t('form.customer'), dataIndex: 'customerName', width: 220, ellipsis: true, render: (name: string) => name || '—' },
    { title: t('contacts.kind'), dataIndex: 'kind', width: 80, render: (kind: string) => <Named value={kind} /> },
    { title: t('contacts.subject'), dataIndex: 'subject', width: 220, ellipsis: true },
    { title: t('contacts.purpose'), dataIndex: 'purpose', width: 120, render: (purpose: string) => <Named value={purpose} /> },
    { title: t('contacts.outcome'), dataIndex: 'outcome', width: 130, render: (outcome: string) => <Named value={outcome} /> },
    {
      title: t('contacts.minutes'),
      dataIndex: 'minutes',
      width: 100,
      align: 'right' as const,
      render: (minutes: number) => (minutes ? t('contacts.minutesOf', { count: minutes }) : '—'),
    },
    ...(ofOthers ? [{ title: t('contacts.owner'), dataIndex: 'ownerName', width: 110 }] : []),
    {
      title: t('contacts.state'),
      dataIndex: 'state',
      width: 110,
      render: (state: ContactState) => <NamedTag value={state} tone={TONES[state]} />,
    },
  ];
}

function ContactCard({ contact }: { contact: Contact }) {
  const formats = useFormats();
  return (
    <Link to={pathOf(contact)} className="schedule-card-link">
      <Card size="small">
        <Flex justify="space-between" gap={8} align="start">
          <Typography.Text strong>{contact.customerName || contact.subject || '—'}</Typography.Text>
          <NamedTag value={contact.state} tone={TONES[contact.state]} />
        </Flex>
        <Typography.Text type="secondary">
          {formats.date(contact.businessDate)} {formats.time(contact.startTime)} · <Named value={contact.kind} />
          {contact.subject && ` · ${contact.subject}`}
        </Typography.Text>
      </Card>
    </Link>
  );
}
