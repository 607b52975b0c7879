import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in for a service that misbehaves in ways that a real one can't be made to. */
export interface StubService {
  readonly url: string;
  /** Requests so far. */
  readonly requests: IncomingMessage[];
  close(): Promise<void>;
}

/** A bare HTTP server on a free port. */
export async function stubService(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<StubService> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
