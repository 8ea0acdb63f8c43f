// Schemes by which teams share their deals: what the pages of them share.
import type { Schema } from '@rm-workbench/client';
import { api, client, refresh } from '../../../api/client';
import { useSaid } from '../../../design/bilingual';

export type Scheme = Schema<'performance.v1.Scheme'>;
export type Tone = 'success' | 'warning' | 'error' | 'processing' | 'default';

export const STATE_TONES: Partial<Record<Scheme['state'], Tone>> = {
  SCHEME_STATE_PROPOSED: 'warning',
  SCHEME_STATE_PUBLISHED: 'success',
};

export const isWaiting = (scheme: Scheme): boolean => scheme.state === 'SCHEME_STATE_PROPOSED';

/** The rule in plain words, which the service says in Chinese and then in English. */
export function useRuleWords(): (scheme: Scheme) => string {
  const said = useSaid();
  return ({ words }) => {
    const [chinese = '', english = chinese] = words.split('\n');
    return said({ chinese, english });
  };
}

/** The versions of a scheme, the last first. */
export function useVersions(schemeId: string) {
  return api.useQuery('get', '/v1/schemes/{schemeId}/versions', {
    params: { path: { schemeId }, query: { pageSize: 1000 } },
  });
}

/** The version that is offered, or the last where none is yet; as an edit begins from it. */
export async function readScheme(schemeId: string): Promise<Scheme> {
  const { data } = await client.GET('/v1/schemes/{schemeId}', { params: { path: { schemeId } } });
  if (!data) throw new Error('no scheme');
  return data;
}

/** Schemes and all that deals are compared by. */
export function schemesChanged(): Promise<void> {
  return refresh('/v1/schemes', '/v1/deals');
}
