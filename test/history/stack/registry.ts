import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { textAt } from '@groundwork/contract';

/** Milliseconds for which a query that waits for a change is held. */
const HOLD = 30_000;

/** Service discovery for processes on one host: the part of Consul's API that the kit uses. */
export interface Registry {
  /** URL for CONSUL_HTTP_ADDR. */
  readonly url: string;
  /** Ports of the registered instances of a service. */
  portsOf(service: string): readonly number[];
  /** Whether an instance is registered. */
  has(instance: string): boolean;
  close(): Promise<void>;
}

/**
 * Starts the registry. An instance logs in with its name as its token, and its callers get the port of the proxy in
 * front of it.
 * @param identity folder with its certificate
 * @param portOf port of the proxy in front of an instance
 */
export async function startRegistry(identity: string, portOf: (instance: string) => number): Promise<Registry> {
  const entries = new Map<string, string>();
  const waiting = new Set<() => void>();
  let index = 1;
  const change = (work: () => void): void => {
    work();
    index += 1;
    for (const wake of waiting) wake();
  };
  const portsOf = (service: string) => [...entries].filter(([, of]) => of === service).map(([name]) => portOf(name));
  const healthy = async (service: string, url: URL, response: ServerResponse): Promise<void> => {
    if (Number(url.searchParams.get('index')) >= index) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, HOLD);
      waiting.add(resolve);
      response.once('close', resolve);
      await promise;
      clearTimeout(timer);
      waiting.delete(resolve);
    }
    const found = portsOf(service).map((port) => ({
      Node: { Address: '127.0.0.1' },
      Service: { Address: '127.0.0.1', Port: port },
    }));
    reply(response, 200, found, index);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'https://registry');
    const instance = `${request.headers['x-consul-token'] ?? ''}`;
    const [, , area, kind, action] = url.pathname.split('/');
    if (kind === 'login') return reply(response, 200, { SecretID: textAt(await json(request), 'BearerToken') });
    if (area === 'health') return healthy(action ?? '', url, response);
    if (action === 'register') {
      const service = textAt(await json(request), 'Name') ?? '';
      change(() => entries.set(instance, service));
    } else if (action === 'deregister') change(() => entries.delete(instance));
    else if (kind === 'check' && !entries.has(instance)) return reply(response, 404, 'unknown check');
    reply(response, 200, {});
  };
  const [key, cert] = ['tls.key', 'tls.crt'].map((file) => readFileSync(join(identity, file)));
  const server = createServer({ key, cert }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    portsOf,
    has: (instance) => entries.has(instance),
    close: async () => {
      server.close();
      server.closeAllConnections();
      for (const wake of waiting) wake();
    },
  };
}

function reply(response: ServerResponse, status: number, body: unknown, index?: number): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(index === undefined ? {} : { 'x-consul-index': `${index}` }),
  });
  response.end(JSON.stringify(body));
}
