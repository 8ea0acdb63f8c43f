import type { Schema } from '@rm-workbench/client';
import { Button, Card, Flex, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag, useNamedChoices } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { EmptyState } from '../../../design/States';
import { useDebounced } from '../../../design/useDebounced';
import { useFilters } from '../../../design/useFilters';
import { findPeople, UnitField } from '../fields';
import { UnitName } from '../names';
import { NewPerson } from './NewPerson';
import { PersonnelFeeds } from './PersonnelFeeds';
import '../administration.css';

export type Person = Schema<'identity.v1.Person'>;
type Formats = ReturnType<typeof useFormats>;
type Words = (key: string) => string;

const STATES = ['PERSON_STATE_ACTIVE', 'PERSON_STATE_DISABLED'] as const;

/** Who works in the bank. */
export default function PeoplePage() {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const formats = useFormats();
  const choices = useNamedChoices();
  const [filters, setFilters] = useFilters({ text: '', unit: '', state: '' });
  const [adding, setAdding] = useState(false);
  const text = useDebounced(filters.text.trim(), 250);
  const states = STATES.filter((state) => state === filters.state);
  return (
    <Page
      title={t('workbench:nav.people')}
      actions={
        may('identity.people.manage') && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('people.add')}
          </Button>
        )
      }
    >
      {may('identity.people.manage') && <PersonnelFeeds />}
      <Card size="small">
        <Flex wrap gap={8} className="administration-filters">
          <Input.Search
            className="filter-wide"
            allowClear
            defaultValue={filters.text}
            placeholder={t('people.search')}
            aria-label={t('people.search')}
            onChange={({ target }) => setFilters({ text: target.value })}
          />
          <UnitField
            className="filter"
            aria-label={t('workbench:field.unit')}
            allowClear
            {...(filters.unit ? { value: filters.unit } : {})}
            onChange={(unit) => setFilters({ unit: unit ?? '' })}
          />
          <Segmented
            value={filters.state}
            aria-label={t('workbench:field.state')}
            options={[{ value: '', label: t('workbench:action.all') }, ...choices(STATES)]}
            onChange={(state) => setFilters({ state })}
          />
        </Flex>
        <KeysetTable<Person>
          label={t('workbench:nav.people')}
          queryKey={['/v1/people', 'list', text, filters.unit, filters.state]}
          load={(pageToken, signal) =>
            findPeople({ text, pageToken, pageSize: 100, organisationUnitId: filters.unit, states }, signal)
          }
          rowKey={(person) => person.personId}
          columns={columnsOf(t, formats)}
          card={(person) => <PersonCard person={person} />}
          empty={<EmptyState words={t('workbench:state.nothingFound')} />}
        />
      </Card>
      {adding && <NewPerson onClose={() => setAdding(false)} />}
    </Page>
  );
}

function columnsOf(t: Words, formats: Formats) {
  return [
    {
      title: t('people.name'),
      width: 160,
      render: (_: unknown, person: Person) => <Link to={`/administration/people/${person.personId}`}>{person.displayName}</Link>,
    },
    { title: t('people.staffNumber'), dataIndex: 'staffNumber', width: 120 },
    { title: t('people.login'), width: 170, render: (_: unknown, person: Person) => person.login || '—' },
    {
      title: t('workbench:field.unit'),
      width: 260,
      render: (_: unknown, person: Person) => <UnitName path={person.organisationPath} />,
    },
    {
      title: t('workbench:field.state'),
      width: 110,
      render: (_: unknown, person: Person) => <PersonStateTag state={person.state} />,
    },
    {
      title: t('people.changed'),
      width: 180,
      render: (_: unknown, person: Person) => formats.instant(person.updateTime),
    },
  ];
}

export function PersonStateTag({ state }: { state: Person['state'] }) {
  return <NamedTag value={state} tone={state === 'PERSON_STATE_ACTIVE' ? 'success' : 'default'} />;
}

function PersonCard({ person }: { person: Person }) {
  return (
    <Card size="small">
      <Flex justify="space-between" gap={8}>
        <Link to={`/administration/people/${person.personId}`}>{person.displayName}</Link>
        <PersonStateTag state={person.state} />
      </Flex>
      <Flex justify="space-between" gap={8}>
        <span>{[person.staffNumber, person.login].filter(Boolean).join(' · ')}</span>
        <UnitName path={person.organisationPath} />
      </Flex>
    </Card>
  );
}
