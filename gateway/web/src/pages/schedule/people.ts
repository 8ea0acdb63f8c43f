// Colleagues by their ids: answers name owners, and leave the others to whoever shows them.
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';

/** Those whom the caller may name; the same question as `RelationshipManagerSelect` asks. */
export function useColleagues() {
  const { may } = useAccess();
  return useQuery({
    queryKey: ['/v1/relationshipManagers', ''],
    queryFn: async () =>
      (await client.GET('/v1/relationshipManagers', { params: { query: { pageSize: 1000 } } })).data?.relationshipManagers ?? [],
    staleTime: 5 * 60_000,
    enabled: may('customer.record.read'),
  });
}

/** The name of somebody; empty where the caller knows no such colleague. */
export function usePersonName(): (personId: string) => string {
  const { me, personId: mine } = useAccess();
  const { data } = useColleagues();
  return useCallback(
    (personId) => {
      if (personId && personId === mine) return me.person?.displayName ?? '';
      return data?.find((person) => person.personId === personId)?.displayName ?? '';
    },
    [data, me, mine],
  );
}
