import { setTimeout as delay } from 'node:timers/promises';
import type { Duration } from '@groundwork/contract';
import type { Server } from '../server/http.ts';

/** Closes each connection with its next response while draining, so that callers use another pod. Call it before the server listens. */
export function closeWhenDraining(app: Server, draining: () => boolean): void {
  app.addHook('onSend', (_request, reply, _payload, next) => {
    if (draining()) reply.header('connection', 'close');
    next();
  });
}

/**
 * Stops a server without failing a request: during `linger`, kept-alive connections close with their next response;
 * then the server stops accepting connections, closes idle ones and finishes the requests in progress.
 * @param limit how long to wait for these requests; open connections are then closed
 * @returns whether every request was finished
 */
export async function drain(app: Server, linger: Duration, limit: Duration): Promise<boolean> {
  await delay(linger.toMilliseconds());
  const waited = new AbortController();
  const expired = delay(limit.toMilliseconds(), false, { signal: waited.signal, ref: false }).catch(() => false);
  const finished = await Promise.race([app.close().then(() => true), expired]);
  waited.abort();
  if (!finished) app.server.closeAllConnections();
  return finished;
}
