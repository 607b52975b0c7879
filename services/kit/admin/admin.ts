import { createServer, type Server } from 'node:http';
import type { Metrics } from '../metrics/metrics.ts';

/**
 * Probes and metrics on a port of their own, out of callers' reach.
 * `live`: the process answers. `ready`: it should get requests; a database that is away does not make it unready,
 * since taking every pod out at once helps nobody.
 * @param ready asked at each probe
 */
export function createAdmin(metrics: Metrics, ready: () => boolean): Server {
  return createServer((request, response) => {
    const text = (status: number, body: string, type = 'text/plain') => response.writeHead(status, { 'content-type': type }).end(body);
    switch (request.method === 'GET' ? request.url : undefined) {
      case '/healthz/live':
        return text(200, 'live\n');
      case '/healthz/ready':
        return ready() ? text(200, 'ready\n') : text(503, 'draining\n');
      case '/metrics':
        return void metrics.registry.metrics().then(
          (body) => text(200, body, metrics.registry.contentType),
          () => text(500, 'metrics failed\n'),
        );
      default:
        return text(404, 'not found\n');
    }
  });
}
