// What the page asks for before it draws anything: who is here. Parts of the page that need it later find it on its way.
import { queryOptions } from '@tanstack/react-query';
import { capabilitiesOf } from '../access/access';
import { client, queries } from '../api/client';
import { resume, sessionState } from './session';

/** The session that this browser may have, taken up. */
export const resumed = queryOptions({
  queryKey: ['session'],
  queryFn: () => resume().then(() => true),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whoever is signed in, and what the deployment has for them. */
export const whoIsHere = queryOptions({
  queryKey: ['me'],
  queryFn: async () => {
    const [me, capabilities] = await Promise.all([client.GET('/v1/me'), capabilitiesOf()]);
    return { me: me.data, capabilities };
  },
  staleTime: 5 * 60_000,
});

export async function begin(): Promise<void> {
  await queries.prefetchQuery(resumed);
  if (sessionState() === 'signed-in') await queries.prefetchQuery(whoIsHere);
}
