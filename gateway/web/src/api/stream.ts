import { watch } from '@rm-workbench/client';
import { useEffect, useRef } from 'react';
import { settings } from './client';

const RECONNECT_MILLISECONDS = 3_000;
/** How often a list is asked for where no stream can be had. */
export const POLL_MILLISECONDS = 30_000;

/** Follows a stream of the gateway for as long as the component stands; takes it up again after each end. `onGap` runs when messages may have been missed. */
export function useWatch<Message>(path: string | undefined, onMessage: (message: Message) => void, onGap: () => void): void {
  const handlers = useRef({ onMessage, onGap });
  handlers.current = { onMessage, onGap };
  useEffect(() => {
    if (!path) return;
    const leaving = new AbortController();
    void follow<Message>(path, handlers, leaving.signal);
    return () => leaving.abort();
  }, [path]);
}

async function follow<Message>(
  path: string,
  handlers: { current: { onMessage: (message: Message) => void; onGap: () => void } },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let pause = RECONNECT_MILLISECONDS;
    try {
      for await (const message of watch<Message>(path, settings, signal)) handlers.current.onMessage(message);
    } catch {
      // All places taken, or the connection lost: what was missed is asked for, and the stream is tried again later.
      pause = POLL_MILLISECONDS;
    }
    if (signal.aborted) return;
    await rest(pause, signal);
    if (!signal.aborted) handlers.current.onGap();
  }
}

/** Until the time is over, the network is back, or nobody waits any more. */
function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
