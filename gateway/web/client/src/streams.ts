import { type ClientSettings, refusalOf } from './index.ts';

/**
 * The messages of a stream of the gateway (`…:watch`, server-sent events), until it ends or `signal` is aborted.
 *
 * Raises `Refusal` where the stream is refused, such as `STREAMS_EXHAUSTED`: poll the list instead. `EventSource` is not used,
 * since it cannot send an `Authorization` header.
 */
export async function* watch<Message>(path: string, settings: ClientSettings, signal: AbortSignal): AsyncGenerator<Message> {
  const token = await settings.token();
  const answer = await fetch(`${settings.baseUrl ?? ''}${path}`, {
    headers: { Accept: 'text/event-stream', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    signal,
  });
  if (!answer.ok || !answer.body) throw await refusalOf(answer);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (pending + value).split('\n\n');
    pending = events.pop() ?? '';
    for (const event of events) {
      const lines = event.split('\n');
      const name = lines.find((line) => line.startsWith('event: '))?.slice(7);
      if (name === 'end' || name === 'error') return;
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      if (data.length) yield JSON.parse(data.join('\n')) as Message;
    }
  }
}
