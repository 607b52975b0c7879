import { createServer, type Server } from 'node:http';
import { reasonOf } from '../errors.ts';
import type { Ready } from './ready.ts';

/** Serves `/healthz/ready` to the kubelet, which has no certificate. Concurrent requests share one check. */
export function serveProbe(port: number, ready: Ready): Server {
  let asking: Promise<string | undefined> | undefined;
  let said: string | undefined;
  const ask = () => {
    asking ??= ready()
      .catch((error: Error) => `it doesn't answer: ${reasonOf(error)}`)
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  return createServer(async (request, response) => {
    if (request.url !== '/healthz/ready') return void response.writeHead(404).end();
    const why = await ask();
    if (why !== said) console.log(why === undefined ? 'ready' : `not ready: ${why}`);
    said = why;
    response.writeHead(why === undefined ? 200 : 503, { 'content-type': 'text/plain' }).end(`${why ?? 'ready'}\n`);
  }).listen(port);
}
