import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { ConfigurationError } from '@groundwork/contract';
import type { Kubectl } from './kubectl.ts';

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

/**
 * Forwards a free port of 127.0.0.1 to a system while `work` runs. Its network policies do not apply to that: the kubelet
 * connects from inside of the pod.
 * @throws ConfigurationError `certificate-missing` without the client certificate, `port-forward-failed` without the pod
 */
export async function withPortForward<T>(
  { kubectl, namespace }: { readonly kubectl: Kubectl; readonly namespace: string },
  { target, port, serverName, identity }: Secured,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const secret = await kubectl.get('secret', identity, namespace);
  if (secret === undefined)
    throw new ConfigurationError({
      code: 'certificate-missing',
      where: `namespace ${namespace}`,
      problem: `there is no Secret '${identity}'`,
      fix: 'deploy the environment first',
    });
  const file = (key: string): Buffer => Buffer.from(secret.data?.[key] ?? '', 'base64');
  const tls = {
    cert: file('tls.crt'),
    key: file('tls.key'),
    ca: file('ca.crt'),
    servername: serverName,
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
  };
  // One connection for all requests: the port forwarding exits when many connections open and close.
  const forward = kubectl.start(['port-forward', '--namespace', namespace, target, `:${port}`]);
  try {
    const listens = once(createInterface({ input: forward.stdout }), 'line', { signal: AbortSignal.timeout(30_000) });
    const line = await Promise.race([
      listens.then(
        ([first]) => `${first}`,
        () => '',
      ),
      forward.then(() => ''),
    ]);
    const local = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
    if (Number.isNaN(local)) {
      forward.kill();
      throw new ConfigurationError({
        code: 'port-forward-failed',
        where: `${target} in namespace ${namespace}`,
        problem: (await forward).stderr.trim() || 'kubectl port-forward did not start within 30 seconds',
        fix: 'see whether its pod runs: `npm run status`, or kubectl get pods',
      });
    }
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
