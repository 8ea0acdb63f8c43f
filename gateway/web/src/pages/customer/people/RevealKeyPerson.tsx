import { client } from '../../../api/client';
import { useNamed } from '../../../design/Named';
import { RevealDialog } from '../RevealDialog';
import type { KeyPerson } from './KeyPersons';

/** A key person's numbers in full. */
export function RevealKeyPerson({ person, onClose }: { person: KeyPerson; onClose: () => void }) {
  const named = useNamed();
  const { keyPersonId } = person;
  return (
    <RevealDialog
      onClose={onClose}
      reveal={async (purpose) => {
        const { data } = await client.POST('/v1/keyPersons/{keyPersonId}:reveal', {
          params: { path: { keyPersonId } },
          body: { purpose },
        });
        return (data?.contactPoints ?? []).map((point) => ({ label: named(point.kind), value: point.value }));
      }}
    />
  );
}
