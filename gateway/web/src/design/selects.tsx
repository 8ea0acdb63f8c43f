// Fields in which somebody or something is looked up as one types.
import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { Select, type SelectProps } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../api/client';
import { useDebounced } from './useDebounced';

type Look = Omit<SelectProps<string>, 'options' | 'onSearch' | 'showSearch' | 'value' | 'onChange'> & {
  value?: string;
  onChange?: (value: string, label: string) => void;
};

/** A customer by any part of a name, its pinyin, a number or a telephone number. `label`: what the chosen one is called, where it is known. */
export function CustomerSelect({ chosenName, ...props }: Look & { chosenName?: string | undefined }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const query = useDebounced(typed.trim(), 200);
  const found = useQuery({
    queryKey: ['/v1/customers:search', query],
    queryFn: async ({ signal }) =>
      (await client.POST('/v1/customers:search', { body: { query, pageSize: 12 }, signal })).data?.hits ?? [],
    enabled: query.length > 0,
  });
  const options = (found.data ?? []).flatMap(({ customer }) =>
    customer ? [{ value: customer.customerId, label: `${customer.displayName} ${customer.customerNumber}` }] : [],
  );
  if (props.value && chosenName && !options.some((option) => option.value === props.value)) {
    options.push({ value: props.value, label: chosenName });
  }
  return (
    <Select<string>
      placeholder={t('field.customer')}
      {...props}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      options={options}
      loading={found.isFetching}
      notFoundContent={query ? (found.isFetching ? t('state.loading') : t('state.nothingFound')) : t('field.typeToSearch')}
      onChange={(value, option) => props.onChange?.(value, String((option as { label?: string } | undefined)?.label ?? ''))}
    />
  );
}

export interface RelationshipManager {
  personId: string;
  staffNumber: string;
  displayName: string;
  organisationPath: string;
}

/** The relationship managers whom the caller may name; one question for the whole page. */
export function useRelationshipManagers() {
  return useQuery({
    queryKey: ['/v1/relationshipManagers', 'all'],
    queryFn: async () => {
      const people: RelationshipManager[] = [];
      let pageToken = '';
      do {
        const { data } = await client.GET('/v1/relationshipManagers', { params: { query: { pageSize: 1000, pageToken } } });
        people.push(...(data?.relationshipManagers ?? []));
        pageToken = data?.nextPageToken ?? '';
      } while (pageToken);
      return people;
    },
    staleTime: 5 * 60_000,
  });
}

/** Names by id of the relationship managers whom the caller may name; nothing for others. */
export function useRelationshipManagerNames(): (personId: string | undefined) => string {
  const { data } = useRelationshipManagers();
  const names = useMemo(() => new Map(data?.map((person) => [person.personId, person.displayName])), [data]);
  return useCallback((personId) => names.get(personId ?? '') ?? '', [names]);
}

/** A relationship manager whom the caller may name. */
export function RelationshipManagerSelect({ organisationPath, ...props }: Look & { organisationPath?: string }) {
  const { t } = useTranslation();
  const people = useRelationshipManagers();
  const options = (people.data ?? [])
    .filter((person) => !organisationPath || person.organisationPath.startsWith(organisationPath))
    .map((person) => ({ value: person.personId, label: `${person.displayName} ${person.staffNumber}` }));
  return (
    <Select<string>
      placeholder={t('field.relationshipManager')}
      {...props}
      showSearch={{ optionFilterProp: 'label' }}
      options={options}
      loading={people.isLoading}
      onChange={(value, option) => props.onChange?.(value, String((option as { label?: string } | undefined)?.label ?? ''))}
    />
  );
}

export type Unit = Schema<'identity.v1.OrganisationUnit'>;

/** The units of the bank by path, with their names; one question for the whole page. */
export function useUnits() {
  return useQuery({
    queryKey: ['/v1/organisationUnits', 'all'],
    queryFn: async () => {
      const units: Unit[] = [];
      let pageToken = '';
      do {
        const { data } = await client.GET('/v1/organisationUnits', { params: { query: { pageSize: 1000, pageToken } } });
        units.push(...(data?.organisationUnits ?? []));
        pageToken = data?.nextPageToken ?? '';
      } while (pageToken);
      return units;
    },
    staleTime: 10 * 60_000,
  });
}

/** Names of the bank's units by their paths; the path itself where it is not known. */
export function useUnitNames(): (organisationPath: string | undefined) => string {
  const { data } = useUnits();
  const names = useMemo(() => new Map(data?.map((unit) => [unit.organisationPath, unit.displayName])), [data]);
  return useCallback((organisationPath) => names.get(organisationPath ?? '') ?? organisationPath ?? '', [names]);
}

/** A unit by its path, below the given one. */
export function UnitSelect({ below = '/', ...props }: Look & { below?: string }) {
  const { t } = useTranslation();
  const units = useUnits();
  const options = (units.data ?? [])
    .filter((unit) => unit.organisationPath.startsWith(below))
    .sort((one, other) => one.organisationPath.localeCompare(other.organisationPath))
    .map((unit) => ({ value: unit.organisationPath, label: unit.displayName }));
  return (
    <Select<string>
      placeholder={t('field.unit')}
      {...props}
      showSearch={{ optionFilterProp: 'label' }}
      options={options}
      loading={units.isLoading}
      onChange={(value, option) => props.onChange?.(value, String((option as { label?: string } | undefined)?.label ?? ''))}
    />
  );
}
