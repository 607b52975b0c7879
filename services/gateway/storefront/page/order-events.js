import { pause, send } from './api.js';

/**
 * Follows an order by server-sent events until it no longer changes. An EventSource cannot send the access token, so this
 * reads the stream of a `fetch`; it connects again with the last event's id, as an EventSource does.
 * @param onOrder is called with each state
 */
export async function followOrder(id, onOrder, signal) {
  let [lastEventId, retry] = ['', 2000];
  for (;;) {
    try {
      const headers = { accept: 'text/event-stream', ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }) };
      const response = await send(`/orders/${id}/events`, { headers, signal, cache: 'no-store' });
      // 204: we know the final state. 401, 404: it is not ours, or no longer.
      if ([204, 401, 404].includes(response.status)) return;
      if (!response.ok) throw new Error(`status ${response.status}`);
      let final = false;
      // To the end of the stream, which the shop ends after the final state.
      for await (const event of eventsOf(response.body)) {
        if (event.retry !== undefined) retry = event.retry;
        if (event.id !== undefined) lastEventId = event.id;
        if (event.data === undefined) continue;
        const order = JSON.parse(event.data);
        onOrder(order);
        final = order.status !== 'placed';
      }
      if (final) return;
    } catch {
      // Lost, or too many streams: connect again.
    }
    if (signal.aborted) return;
    await pause(retry);
  }
}

/** Reads the events of a stream. @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
async function* eventsOf(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let [text, event] = ['', {}];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (text + decoder.decode(value, { stream: true })).split('\n');
      text = lines.pop();
      for (const line of lines) {
        if (line === '') {
          yield event;
          event = {};
        }
        const [, field, rest] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
        if (field === 'data') event.data = event.data === undefined ? rest : `${event.data}\n${rest}`;
        if (field === 'id') event.id = rest;
        if (field === 'retry' && /^\d+$/.test(rest)) event.retry = Number(rest);
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
