import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Layout } from './layout.ts';

/** Whether the API server is ready, as seen through the proxy. False as well if nothing answers. */
export async function apiReady({ pki, apiPort }: Layout): Promise<boolean> {
  const read = (name: string): Promise<Buffer> => readFile(join(pki, name));
  const identity = await Promise.all([read('ca.crt'), read('admin.crt'), read('admin.key')]).catch(() => undefined);
  if (identity === undefined) return false; // no keys yet, so no API server
  const [ca, cert, key] = identity;
  return new Promise((resolve) => {
    const ask = request(
      { host: '127.0.0.1', port: apiPort, path: '/readyz', ca, cert, key, agent: false, timeout: 2000 },
      (reply) => {
        reply.resume();
        resolve(reply.statusCode === 200);
      },
    );
    ask.once('timeout', () => ask.destroy());
    ask.once('error', () => resolve(false));
    ask.end();
  });
}
