import { Button, Card, DatePicker, Flex, Input, Select, Tag, Typography } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { useFormats } from '../../design/formats';
import { KeysetTable } from '../../design/KeysetTable';
import { Page } from '../../design/Page';
import { EmptyState } from '../../design/States';
import { useDebounced } from '../../design/useDebounced';
import { useFilters } from '../../design/useFilters';
import { PersonField } from '../administration/fields';
import { PersonName, useServiceName } from '../administration/names';
import type { AuditRecord } from './merging';
import { RecordDrawer } from './RecordDrawer';
import { readTrails } from './trails';
import '../administration/administration.css';

const NO_FILTERS = { service: '', person: '', resource: '', method: '', outcome: '', from: '', to: '' };

/** Who did what, when: the trails of all services together. */
export default function RecordsPage() {
  const { t } = useTranslation(['audit', 'administration']);
  const { services } = useAccess();
  const [filters, setFilters] = useFilters(NO_FILTERS);
  const [opened, setOpened] = useState<AuditRecord>();
  const resourceId = useDebounced(filters.resource.trim(), 300);
  const method = useDebounced(filters.method.trim(), 300);
  const sought = {
    personId: filters.person,
    // A resource is sought by its id alone; whoever pastes its whole name means the same.
    resourceId: resourceId.split('/').at(-1) ?? '',
    method,
    outcome: filters.outcome,
    from: filters.from && dayjs(filters.from).startOf('day').toISOString(),
    to: filters.to && dayjs(filters.to).add(1, 'day').startOf('day').toISOString(),
  };
  const asked = services.filter((service) => !filters.service || service === filters.service);
  const columns = useColumns(setOpened);
  return (
    <Page title={t('workbench:nav.auditRecords')} note={t('note')}>
      <Card size="small">
        <Filters filters={filters} onChange={setFilters} />
        <KeysetTable<AuditRecord>
          label={t('workbench:nav.auditRecords')}
          queryKey={['/v1/operations/auditRecords', asked, sought]}
          load={(pageToken, signal) => readTrails(asked, sought, pageToken, signal)}
          rowKey={(record) => `${record.service} ${record.sequence}`}
          columns={columns}
          card={(record) => <RecordCard record={record} onOpen={setOpened} />}
          onOpen={setOpened}
          empty={<EmptyState words={t('none')} />}
        />
      </Card>
      {opened && <RecordDrawer record={opened} onClose={() => setOpened(undefined)} onSeek={setFilters} />}
    </Page>
  );
}

type Values = typeof NO_FILTERS;

function Filters({ filters, onChange }: { filters: Values; onChange: (changed: Partial<Values>) => void }) {
  const { t } = useTranslation(['audit', 'administration']);
  const { services } = useAccess();
  const name = useServiceName();
  const days = [filters.from, filters.to].map((day) => (day ? dayjs(day) : null)) as [Dayjs | null, Dayjs | null];
  return (
    <Flex wrap gap={8} className="administration-filters">
      <Select
        className="filter"
        aria-label={t('administration:service')}
        value={filters.service}
        options={[{ value: '', label: t('allServices') }, ...services.map((value) => ({ value, label: name(value) }))]}
        onChange={(service) => onChange({ service })}
      />
      <PersonField
        className="filter-person"
        allowClear
        aria-label={t('person')}
        placeholder={t('person')}
        {...(filters.person ? { value: filters.person } : {})}
        onChange={(person) => onChange({ person: person ?? '' })}
      />
      <Input
        key={`resource ${filters.resource ? '' : 'empty'}`}
        className="filter-id"
        allowClear
        defaultValue={filters.resource}
        placeholder={t('resourceHint')}
        aria-label={t('resource')}
        onChange={({ target }) => onChange({ resource: target.value })}
      />
      <Input
        className="filter-method"
        allowClear
        defaultValue={filters.method}
        placeholder={t('methodHint')}
        aria-label={t('method')}
        onChange={({ target }) => onChange({ method: target.value })}
      />
      <Select
        className="filter"
        aria-label={t('outcome')}
        value={filters.outcome}
        options={[
          { value: '', label: t('anyOutcome') },
          { value: 'OK', label: t('ok') },
          { value: 'REFUSED', label: t('refused') },
        ]}
        onChange={(outcome) => onChange({ outcome })}
      />
      <DatePicker.RangePicker
        aria-label={t('when')}
        allowEmpty={[true, true]}
        value={days}
        onChange={(chosen) =>
          onChange({ from: chosen?.[0]?.format('YYYY-MM-DD') ?? '', to: chosen?.[1]?.format('YYYY-MM-DD') ?? '' })
        }
      />
    </Flex>
  );
}

export function OutcomeTag({ outcome }: { outcome: string }) {
  const { t } = useTranslation(['audit', 'administration']);
  if (outcome === 'OK') return <Tag color="success">{t('ok')}</Tag>;
  return <Tag color="error">{t(`reasons:${outcome}`, { defaultValue: outcome })}</Tag>;
}

/** Who acted; where nobody was signed in, the system or somebody unknown. */
export function Actor({ record }: { record: AuditRecord }) {
  const { t } = useTranslation(['audit', 'administration']);
  if (record.login) return <>{record.login}</>;
  // What follows from an act is done in the name of whoever acted.
  if (record.personId) return <PersonName personId={record.personId} />;
  return <Typography.Text type="secondary">{t(record.remoteAddress ? 'unknown' : 'system')}</Typography.Text>;
}

/** A method's name, or that of an event without its package. */
function Method({ method }: { method: string }) {
  const short = method.startsWith('workbench.') ? (method.split('.').at(-1) ?? method) : method;
  return (
    <span className="identifier" title={method}>
      {short}
    </span>
  );
}

function useColumns(open: (record: AuditRecord) => void) {
  const { t } = useTranslation(['audit', 'administration']);
  const formats = useFormats();
  const name = useServiceName();
  return [
    {
      title: t('when'),
      width: 150,
      render: (_: unknown, record: AuditRecord) => (
        <Button type="link" className="cell-link" onClick={() => open(record)}>
          {formats.instant(record.actTime)}
        </Button>
      ),
    },
    { title: t('who'), width: 130, render: (_: unknown, record: AuditRecord) => <Actor record={record} /> },
    { title: t('administration:service'), width: 110, render: (_: unknown, record: AuditRecord) => name(record.service) },
    {
      title: t('method'),
      width: 220,
      render: (_: unknown, record: AuditRecord) => <Method method={record.method} />,
    },
    {
      title: t('resource'),
      width: 340,
      ellipsis: true,
      render: (_: unknown, record: AuditRecord) => <span className="identifier">{record.resource || '—'}</span>,
    },
    { title: t('outcome'), width: 120, render: (_: unknown, record: AuditRecord) => <OutcomeTag outcome={record.outcome} /> },
  ];
}

function RecordCard({ record, onOpen }: { record: AuditRecord; onOpen: (record: AuditRecord) => void }) {
  const formats = useFormats();
  const name = useServiceName();
  return (
    <Card size="small">
      <Flex justify="space-between" gap={8}>
        <Button type="link" className="cell-link" onClick={() => onOpen(record)}>
          {formats.instant(record.actTime)}
        </Button>
        <OutcomeTag outcome={record.outcome} />
      </Flex>
      <Flex wrap gap="0 12px">
        <Actor record={record} />
        <span>{name(record.service)}</span>
        <Method method={record.method} />
      </Flex>
    </Card>
  );
}
