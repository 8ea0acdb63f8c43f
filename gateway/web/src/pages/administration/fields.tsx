// Fields in which a unit or a person of the bank is chosen by id.
import { useQuery } from '@tanstack/react-query';
import { Select, TreeSelect } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, client } from '../../api/client';
import { type Unit, useUnits } from '../../design/selects';
import { useDebounced } from '../../design/useDebounced';

interface Field {
  id?: string;
  value?: string;
  onChange?: (value: string) => void;
  placeholder?: string;
  allowClear?: boolean;
  className?: string;
  'aria-label'?: string;
}

interface UnitNode {
  value: string;
  title: string;
  disabled: boolean;
  children: UnitNode[];
}

const EVERY_UNIT = () => true;

/** A unit, in the tree of the bank. Units that do not suit are shown and cannot be chosen. */
export function UnitField({ suits = EVERY_UNIT, ...field }: Field & { suits?: (unit: Unit) => boolean }) {
  const { t } = useTranslation('administration');
  const units = useUnits();
  const tree = useMemo(() => treeOf(units.data ?? [], suits), [units.data, suits]);
  return (
    <TreeSelect<string>
      placeholder={t('workbench:field.unit')}
      {...field}
      showSearch={{ treeNodeFilterProp: 'title' }}
      treeData={tree}
      treeDefaultExpandedKeys={tree.map((node) => node.value)}
      loading={units.isLoading}
      styles={{ popup: { root: { minWidth: 280 } } }}
    />
  );
}

function treeOf(units: Unit[], suits: (unit: Unit) => boolean): UnitNode[] {
  const nodes = new Map<string, UnitNode>();
  const roots: UnitNode[] = [];
  for (const unit of [...units].sort(byPath)) {
    const node = {
      value: unit.organisationUnitId,
      title: `${unit.displayName} ${unit.code}`,
      disabled: !suits(unit),
      children: [],
    };
    nodes.set(unit.organisationUnitId, node);
    (nodes.get(unit.parentUnitId)?.children ?? roots).push(node);
  }
  return roots;
}

export function byPath(one: Unit, other: Unit): number {
  return one.organisationPath.localeCompare(other.organisationPath);
}

/** A person who may work here, by the beginning of the name, or the sign-in name. */
export function PersonField(field: Field) {
  const { t } = useTranslation('administration');
  const [typed, setTyped] = useState('');
  const text = useDebounced(typed.trim(), 200);
  const found = useQuery({
    queryKey: ['/v1/people', 'search', text],
    queryFn: async ({ signal }) => (await findPeople({ text, pageSize: 20, states: ['PERSON_STATE_ACTIVE'] }, signal)).rows,
  });
  const chosen = api.useQuery(
    'get',
    '/v1/people/{personId}',
    { params: { path: { personId: field.value ?? '' } } },
    { enabled: Boolean(field.value) },
  );
  const people = [...(found.data ?? [])];
  if (chosen.data && !people.some(({ personId }) => personId === chosen.data.personId)) people.unshift(chosen.data);
  return (
    <Select<string>
      placeholder={t('people.search')}
      {...field}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      loading={found.isFetching}
      notFoundContent={found.isFetching ? t('workbench:state.loading') : t('workbench:state.nothingFound')}
      options={people.map(({ personId, displayName, staffNumber, login }) => ({
        value: personId,
        label: [displayName, staffNumber, login].filter(Boolean).join(' · '),
      }))}
    />
  );
}

type PersonState = 'PERSON_STATE_ACTIVE' | 'PERSON_STATE_DISABLED';

interface Sought {
  /** The beginning of a name, or a whole sign-in name. */
  text: string;
  pageSize: number;
  pageToken?: string;
  organisationUnitId?: string;
  states?: PersonState[];
}

/** A page of people; on the first one whoever signs in with just that text stands before all others. */
export async function findPeople(
  { text, pageToken = '', organisationUnitId = '', states = [], pageSize }: Sought,
  signal: AbortSignal,
) {
  const query = { pageSize, pageToken, states, ...(organisationUnitId ? { organisationUnitId } : {}) };
  const ask = async (by: { namePrefix?: string; login?: string }) =>
    (await client.GET('/v1/people', { params: { query: { ...query, ...by } }, signal })).data;
  const [named, signingIn] = await Promise.all([
    ask(text ? { namePrefix: text } : {}),
    text && !pageToken ? ask({ login: text.toLowerCase() }) : undefined,
  ]);
  const first = signingIn?.people ?? [];
  const others = (named?.people ?? []).filter(({ personId }) => !first.some((person) => person.personId === personId));
  return { rows: [...first, ...others], nextPageToken: named?.nextPageToken ?? '' };
}
