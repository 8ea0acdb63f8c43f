import { createWorkbenchClient, Refusal } from '@rm-workbench/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import createQueries from 'openapi-react-query';
import { accessToken, renew } from '../session/session';

export const settings = { baseUrl: window.location.origin, token: accessToken, renew };
/** Calls the gateway: `await client.GET('/v1/customers', …)`. Throws `Refusal`. */
export const client = createWorkbenchClient(settings);
/** Hooks of the same calls: `api.useQuery('get', '/v1/customers', …)`. */
export const api = createQueries(client);

const RETRIES_MAX = 2;

/** What a refusal says stays said; a network that failed, or a service that is away for a moment, is asked again. */
function worthRetrying(failures: number, error: unknown): boolean {
  if (failures >= RETRIES_MAX) return false;
  return !(error instanceof Refusal) || error.status === 503 || error.status === 429;
}

function pauseMilliseconds(failures: number, error: unknown): number {
  const asked = error instanceof Refusal ? error.retryAfterSeconds : undefined;
  return asked ? Math.min(asked, 30) * 1000 : 500 * 2 ** failures;
}

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache(),
  mutationCache: new MutationCache(),
  defaultOptions: {
    queries: { retry: worthRetrying, retryDelay: pauseMilliseconds, staleTime: 20_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});

/** Makes every list and figure that stands on these paths be asked anew: `refresh('/v1/contacts', '/v1/calendar')`. */
export function refresh(...prefixes: string[]): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) =>
      queryKey.some((part) => typeof part === 'string' && prefixes.some((prefix) => part.startsWith(prefix))),
  });
}
