import createClient, { type Client } from 'openapi-fetch';
import { KEYED } from './generated/keyed.ts';
import type { components, paths } from './generated/schema.ts';

export type { Permission } from './generated/permissions.ts';
export type { components, paths };
/** The message types by their names in the contract: `Schema<'customer.v1.Customer'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export type WorkbenchClient = Client<paths>;
export type Problem = components['schemas']['Problem'];

/** A refusal of the gateway (RFC 9457). Programmes branch on `reason`, which is stable. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: string;
  readonly violations: Problem['violations'];
  readonly metadata: Problem['metadata'];
  readonly correlationId: string;
  /** How long to wait before asking again, where the gateway said so (429, 503). */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Problem, retryAfterSeconds?: number) {
    super(problem.detail);
    this.name = 'Refusal';
    this.status = problem.status;
    this.reason = problem.reason;
    this.violations = problem.violations;
    this.metadata = problem.metadata;
    this.correlationId = problem.correlationId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface ClientSettings {
  /** The gateway's origin, such as `https://workbench.bank.example`; empty for the page's own. */
  baseUrl?: string;
  /** The access token to send; undefined for calls that are open to all. */
  token: () => string | undefined | Promise<string | undefined>;
  /** Gets a new token after a 401, for one more attempt; undefined where there is none. */
  renew?: () => Promise<string | undefined>;
}

const KEY_HEADER = 'Idempotency-Key';
// A connection that broke says nothing of what the server did: the same key makes sure that it does it once.
const WRITE_RETRY_MILLISECONDS = 400;

/**
 * A typed client of the gateway. Every path, parameter and answer is checked against the contract.
 *
 * A write that may be repeated carries an `Idempotency-Key`: sent again after a lost connection it changes nothing twice. A refusal is
 * thrown as `Refusal`; a network failure as the platform's `TypeError`.
 */
export function createWorkbenchClient(settings: ClientSettings): WorkbenchClient {
  const baseUrl = settings.baseUrl ?? '';
  const client = createClient<paths>({ baseUrl, fetch: (request) => send(request, settings) });
  client.use({
    onRequest: ({ request, schemaPath }) => {
      const keyed = KEYED.has(`${request.method} ${schemaPath}`) && !request.headers.has(KEY_HEADER);
      if (keyed) request.headers.set(KEY_HEADER, newKey());
    },
  });
  return client;
}

async function send(request: Request, settings: ClientSettings): Promise<Response> {
  const again = request.clone();
  let answer = await attempt(request, await settings.token());
  if (answer.status === 401 && settings.renew) {
    const token = await settings.renew();
    if (token) answer = await attempt(again, token);
  }
  if (answer.ok) return answer;
  throw await refusalOf(answer);
}

async function attempt(request: Request, token: string | undefined): Promise<Response> {
  if (token) request.headers.set('Authorization', `Bearer ${token}`);
  if (!request.headers.has(KEY_HEADER)) return fetch(request);
  const again = request.clone();
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    await new Promise((resolve) => setTimeout(resolve, WRITE_RETRY_MILLISECONDS));
    return fetch(again);
  }
}

/** The refusal that an answer holds, also where something between us and the gateway answered. */
export async function refusalOf(answer: Response): Promise<Refusal> {
  const seconds = Number(answer.headers.get('Retry-After'));
  const retryAfterSeconds = Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
  const title = answer.statusText || `HTTP ${answer.status}`;
  const unknown: Problem = {
    type: 'about:blank',
    title,
    status: answer.status,
    detail: title,
    reason: 'NOT_UNDERSTOOD',
    correlationId: '',
    violations: [],
    metadata: {},
  };
  try {
    return new Refusal({ ...unknown, ...((await answer.json()) as Partial<Problem>) }, retryAfterSeconds);
  } catch {
    return new Refusal(unknown, retryAfterSeconds);
  }
}

/** A UUID; also where the page is not served by https, where `crypto.randomUUID` does not exist. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}

export * from './lists.ts';
export * from './streams.ts';
