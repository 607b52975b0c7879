import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createTls } from 'node:https';
import { followRenewals, serverTls } from '../identity/tls.ts';
import type { Trust } from '../identity/trust.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { peerAccount } from '../server/peer.ts';

/** The only account that may read metrics. */
const READER = 'prometheus';

/**
 * Server of `/metrics`, over mutual TLS and for Prometheus only.
 * @param trust undefined: plain HTTP, every caller is accepted
 */
export function createExposition(metrics: Metrics, trust: Trust | undefined, log: Logger): Server {
  const listener: RequestListener = (request, response) => {
    const text = (status: number, body: string, type = 'text/plain') =>
      response.writeHead(status, { 'content-type': type }).end(body);
    const caller = trust === undefined ? READER : peerAccount(trust, request.socket);
    if (caller !== READER) {
      log.warn({ caller: caller ?? 'unknown' }, 'request rejected: only Prometheus may read metrics');
      return text(403, 'forbidden\n');
    }
    if (request.method !== 'GET' || request.url !== '/metrics') return text(404, 'not found\n');
    metrics.registry.metrics().then(
      (body) => text(200, body, metrics.registry.contentType),
      () => text(500, 'metrics failed\n'),
    );
  };
  if (trust === undefined) return createPlain(listener);
  const server = createTls(serverTls(trust), listener);
  server.once('close', followRenewals(server, trust));
  return server;
}
