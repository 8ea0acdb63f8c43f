import { NamedTag } from '../../../design/Named';
import { isUnderWay } from './import';

/** Where an import stands. */
export function ImportStateTag({ state }: { state: string }) {
  const done = state === 'IMPORT_STATE_DONE';
  return <NamedTag value={state} tone={done ? 'success' : isUnderWay(state) ? 'processing' : 'default'} />;
}
