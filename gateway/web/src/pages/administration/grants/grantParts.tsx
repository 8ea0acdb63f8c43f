import type { Schema } from '@rm-workbench/client';
import { Named, NamedTag } from '../../../design/Named';
import { UnitName } from '../names';

export type Grant = Schema<'identity.v1.Grant'>;

const TONES: Partial<Record<Grant['state'], 'processing' | 'success' | 'error' | 'default'>> = {
  GRANT_STATE_PROPOSED: 'processing',
  GRANT_STATE_ACTIVE: 'success',
  GRANT_STATE_REJECTED: 'error',
};

export function GrantStateTag({ state }: { state: Grant['state'] }) {
  return <NamedTag value={state} tone={TONES[state] ?? 'default'} />;
}

/** Over whose data; of a subtree elsewhere with the name of its unit. */
export function GrantScope({ grant }: { grant: Grant }) {
  return (
    <>
      <Named value={grant.scope} />
      {grant.scopePath && grant.scopePath !== grant.organisationPath && (
        <>
          {' · '}
          <UnitName path={grant.scopePath} />
        </>
      )}
    </>
  );
}
