import { createServer, type Server } from 'node:http';

/**
 * The probes, on a port that serves nothing else: the kubelet has no certificate.
 * `live`: the process answers. `ready`: it should get requests; a database that is away does not make it unready,
 * since taking every pod out at once helps nobody.
 * @param ready asked at each probe
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
