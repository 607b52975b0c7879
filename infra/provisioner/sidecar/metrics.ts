import { X509Certificate } from 'node:crypto';
import { watch } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { spiffeIdOf } from '@groundwork/contract';
import { identityTls } from '../identity.ts';

/**
 * Proxies the metrics exporter in the node's JVM, which listens on loopback only and can't reload a renewed certificate,
 * over mutual TLS. Only the account `prometheus` of the same namespace is allowed.
 */
export function serveMetrics(port: number, exporter: string, identity: string): Server {
  const tls = identityTls(identity);
  const reader = readerBeside(tls.cert);
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    void answer(request, response, exporter, reader);
  });
  const renewals = watch(identity, { persistent: false }, () => {
    try {
      server.setSecureContext(identityTls(identity));
    } catch {
      // Files may be missing during an update; another event follows.
    }
  });
  server.once('close', () => renewals.close());
  return server.listen(port);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  exporter: string,
  reader: string,
): Promise<void> {
  const shown = (request.socket as TLSSocket).getPeerX509Certificate();
  if (shown === undefined || spiffeIdOf(shown) !== reader) return void response.writeHead(403).end();
  if (request.url !== '/metrics') return void response.writeHead(404).end();
  try {
    const { status, headers, body } = await fetch(exporter, {
      signal: AbortSignal.timeout(9000),
      headers: { accept: request.headers.accept ?? '*/*' },
    }).then(async (one) => ({ status: one.status, headers: one.headers, body: await one.text() }));
    response.writeHead(status, { 'content-type': headers.get('content-type') ?? 'text/plain' }).end(body);
  } catch {
    response.writeHead(503).end(); // the node is starting or stopping
  }
}

/** SPIFFE ID of the collector in the namespace of a certificate. */
function readerBeside(cert: string): string {
  const own = spiffeIdOf(new X509Certificate(cert));
  if (own === undefined) throw new Error('the certificate in tls.crt has no SPIFFE ID');
  return own.replace(/\/sa\/[^/]+$/, '/sa/prometheus');
}
