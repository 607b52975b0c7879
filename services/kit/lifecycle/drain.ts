import { setTimeout as delay } from 'node:timers/promises';
import type { Duration } from '@groundwork/contract';
import type { Server } from '../server/http.ts';

/** Tells callers, once draining, to take their next request to another pod. Call it before the server listens. */
export function closeWhenDraining(app: Server, draining: () => boolean): void {
  app.addHook('onSend', (_request, reply, _payload, next) => {
    if (draining()) reply.header('connection', 'close');
    next();
  });
}

/**
 * Ends a server without failing a request: for `linger` kept-alive connections wind down, each with its next answer;
 * then no new ones are taken, idle ones are closed, and answers under way are finished.
 * @param limit bound on the whole; connections that are left then are cut
 * @returns whether every request was finished
 */
export async function drain(app: Server, linger: Duration, limit: Duration): Promise<boolean> {
  await delay(linger.toMilliseconds());
  const cut = new AbortController();
  const expired = delay(limit.toMilliseconds(), false, { signal: cut.signal, ref: false }).catch(() => false);
  const finished = await Promise.race([app.close().then(() => true), expired]);
  cut.abort();
  if (!finished) app.server.closeAllConnections();
  return finished;
}
