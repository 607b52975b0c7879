import { createServer, type Server } from 'node:http';

/** A check of the kubelet: why a node isn't ready, or undefined if it is. */
export type Ready = () => Promise<string | undefined>;

/**
 * Serves checks to the kubelet, which has no certificate. Concurrent requests of a path share one check.
 * @param checks by path, such as `/healthz/ready`
 * @param reasonOf log text of an error
 */
export function serveProbe(
  port: number,
  checks: Readonly<Record<string, Ready>>,
  reasonOf: (error: unknown) => string,
): Server {
  const asks = new Map(Object.entries(checks).map(([path, ready]) => [path, shared(path, ready, reasonOf)]));
  return createServer(async (request, response) => {
    const ask = asks.get(request.url ?? '');
    if (ask === undefined) return void response.writeHead(404).end();
    const why = await ask();
    response.writeHead(why === undefined ? 200 : 503, { 'content-type': 'text/plain' }).end(`${why ?? 'ready'}\n`);
  }).listen(port);
}

/** The check, once at a time; it logs each change of its result. */
function shared(path: string, ready: Ready, reasonOf: (error: unknown) => string): Ready {
  let asking: Promise<string | undefined> | undefined;
  let said: string | undefined;
  return async () => {
    asking ??= ready()
      .catch((error: unknown) => `it doesn't answer: ${reasonOf(error)}`)
      .finally(() => {
        asking = undefined;
      });
    const why = await asking;
    if (why !== said) console.log(why === undefined ? `${path}: ready` : `${path}: not ready: ${why}`);
    said = why;
    return why;
  };
}
