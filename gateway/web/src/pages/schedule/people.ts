// Colleagues by their ids: answers name owners, and leave the others to whoever shows them.
import { useCallback } from 'react';
import { useAccess } from '../../access/access';
import { useRelationshipManagerNames } from '../../design/selects';

/** The name of somebody, oneself included; empty where the caller knows no such colleague. */
export function usePersonName(): (personId: string) => string {
  const { me, personId: mine } = useAccess();
  const nameOf = useRelationshipManagerNames();
  return useCallback(
    (personId) => (personId && personId === mine ? (me.person?.displayName ?? '') : nameOf(personId)),
    [nameOf, me, mine],
  );
}
