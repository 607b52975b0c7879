import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';

/** A stub of a service, for faults that a real one does not produce on demand. */
export interface StubService {
  readonly url: string;
  /** Requests so far. */
  readonly requests: IncomingMessage[];
  close(): Promise<void>;
}

/**
 * Starts a stub on a free port.
 * @param tls @default plain HTTP
 */
export async function stubService(
  respond: (request: IncomingMessage, response: ServerResponse) => void,
  tls?: TlsOptions,
): Promise<StubService> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    respond(request, response);
  };
  const server = (tls === undefined ? createServer(listener) : createTlsServer(tls, listener)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
