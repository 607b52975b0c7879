import { createServer, type Server } from 'node:http';

/**
 * Server of the probes, on a separate port because the kubelet has no certificate. `live`: the process responds.
 * `ready`: it accepts requests. An unavailable database does not make it unready, because that would remove every pod
 * from the Service at once.
 * @param ready called for each probe
 */
export function createProbes(ready: () => boolean): Server {
  return createServer((request, response) => {
    const text = (status: number, body: string) =>
      response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
    switch (request.method === 'GET' ? request.url : undefined) {
      case '/healthz/live':
        return text(200, 'live\n');
      case '/healthz/ready':
        return ready() ? text(200, 'ready\n') : text(503, 'draining\n');
      default:
        return text(404, 'not found\n');
    }
  });
}
