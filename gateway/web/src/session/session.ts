// The session of this browser: the access token in memory, what renews it in a cookie that no script sees.
import { refusalOf } from '@rm-workbench/client';

const ADDRESS = '/app/session';
/** The token is renewed this long before it is over, so that no call meets the end. */
const RENEW_BEFORE_SECONDS = 45;

interface Opened {
  accessToken: string;
  expiresInSeconds: number;
}

export interface SignIn {
  login: string;
  password: string;
  totpCode?: string | undefined;
  newPassword?: string | undefined;
}

export type SessionState = 'unknown' | 'signed-in' | 'signed-out' | 'expired';

let token: string | undefined;
let endsAt = 0;
let state: SessionState = 'unknown';
let renewing: Promise<string | undefined> | undefined;
const listeners = new Set<() => void>();
// Other tabs of this browser share the cookie: whoever renews tells the others, since each refresh token works once.
const tabs = new BroadcastChannel('workbench-session');

tabs.onmessage = ({ data }: MessageEvent<Opened | 'signed-out'>) => {
  if (data === 'signed-out') become('signed-out');
  else take(data);
};

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function sessionState(): SessionState {
  return state;
}

/** The access token, renewed where it is about to end; undefined where nobody is signed in. */
export async function accessToken(): Promise<string | undefined> {
  if (token && Date.now() < endsAt - RENEW_BEFORE_SECONDS * 1000) return token;
  if (state === 'signed-out' || state === 'expired') return undefined;
  return renew();
}

/** The next access token; one renewal at a time, in all tabs together. */
export function renew(): Promise<string | undefined> {
  renewing ??= alone(renewNow).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renewNow(): Promise<string | undefined> {
  const before = token;
  const answer = await post(`${ADDRESS}/renew`, {});
  if (token !== before && token) return token;
  if (answer.ok) return open((await answer.json()) as Opened);
  if (answer.status === 401) {
    // Several calls find it out, one after the other: what has expired stays so, with all that was typed below it.
    if (state === 'signed-in') become('expired');
    else if (state === 'unknown') become('signed-out');
    return undefined;
  }
  throw await refusalOf(answer);
}

/** At the page's start: takes up the session that this browser may have. */
export async function resume(): Promise<void> {
  const answer = await fetch(ADDRESS);
  const { renewable } = (await answer.json()) as { renewable: boolean };
  if (renewable) await renew();
  else become('signed-out');
}

/** The names of the single sign-ons that the bank has. */
export async function singleSignOn(): Promise<string[]> {
  const answer = await fetch(ADDRESS);
  return ((await answer.json()) as { singleSignOn: string[] }).singleSignOn;
}

/** Raises `Refusal`: `SIGN_IN_REFUSED`, `TOTP_REQUIRED`, `PASSWORD_MUST_CHANGE`, … */
export async function signIn(credentials: SignIn | { refreshToken: string }): Promise<void> {
  const answer = await post(ADDRESS, credentials);
  if (!answer.ok) throw await refusalOf(answer);
  open((await answer.json()) as Opened);
}

export async function signOut(): Promise<void> {
  const held = token;
  if (held)
    await fetch('/v1/sessions/current', { method: 'DELETE', headers: { Authorization: `Bearer ${held}` } }).catch(
      () => undefined,
    );
  await fetch(ADDRESS, { method: 'DELETE' });
  sessionStorage.clear();
  tabs.postMessage('signed-out');
  become('signed-out');
}

function post(address: string, content: object): Promise<Response> {
  return fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(content) });
}

function open(opened: Opened): string {
  take(opened);
  tabs.postMessage(opened);
  return opened.accessToken;
}

function take(opened: Opened): void {
  token = opened.accessToken;
  endsAt = Date.now() + opened.expiresInSeconds * 1000;
  become('signed-in');
}

function become(next: SessionState): void {
  if (next !== 'signed-in') {
    token = undefined;
    endsAt = 0;
  }
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

/** Runs the task while no other tab runs one, where the browser has locks (https and localhost). */
function alone<Result>(task: () => Promise<Result>): Promise<Result> {
  return navigator.locks ? (navigator.locks.request('workbench-session', task) as Promise<Result>) : task();
}
