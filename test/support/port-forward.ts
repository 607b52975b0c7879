import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Dev } from './dev.ts';

/** Sends a request to one system over mutual TLS, from outside the cluster. */
export type Ask = (
  path: string,
  options?: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
) => Promise<{ status: number; body: string }>;

export interface Secured {
  /** Such as `svc/prometheus` or `pod/consul-server-0`. */
  readonly target: string;
  readonly port: number;
  /** Name in its server certificate. */
  readonly serverName: string;
  /** Secret with the client certificate. */
  readonly identity: string;
}

/** Forwards a free port of 127.0.0.1 to a system while `work` runs. */
export async function withPortForward<T>(
  { kubectl, cluster, namespace }: Dev,
  { target, port, serverName, identity }: Secured,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const secret = await kubectl.get('secret', identity, namespace);
  const file = (key: string): Buffer => Buffer.from(secret?.data?.[key] ?? '', 'base64');
  const tls = {
    cert: file('tls.crt'),
    key: file('tls.key'),
    ca: file('ca.crt'),
    servername: serverName,
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
  };
  // One connection for all requests: the port forwarding exits when many connections open and close.
  const [command, ...first] = cluster.kubectl as [string, ...string[]];
  const forward = execa(command, [...first, 'port-forward', '--namespace', namespace, target, `:${port}`], {
    reject: false,
    stdin: 'ignore',
  });
  try {
    const [line] = (await once(createInterface({ input: forward.stdout }), 'line', {
      signal: AbortSignal.timeout(30_000),
    })) as [string];
    const local = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
    return await work(async (path, options = {}) => {
      for (let tries = 3; ; tries--) {
        try {
          return await send(local, path, tls, options);
        } catch (error) {
          // The port forwarding drops a connection now and then; a request that changes nothing is retried.
          if (
            tries === 1 ||
            (error as NodeJS.ErrnoException).code !== 'ECONNRESET' ||
            (options.method ?? 'GET') !== 'GET'
          )
            throw error;
        }
      }
    });
  } finally {
    tls.agent.destroy();
    forward.kill();
    await forward;
  }
}

function send(
  port: number,
  path: string,
  tls: object,
  { method = 'GET', headers = {}, body: sent }: NonNullable<Parameters<Ask>[1]>,
): ReturnType<Ask> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, timeout: 10_000, ...tls }, (reply) => {
      let body = '';
      reply.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body }));
    });
    asked.on('timeout', () => asked.destroy(new Error(`${path}: no answer`)));
    asked.on('error', reject);
    asked.end(sent);
  });
}
