import { Agent, get } from 'node:http';
import { contract, Duration, route } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { createMetrics } from '../metrics/metrics.ts';
import { serve } from '../server/serve.ts';
import { silentLog } from '../testing/silent.ts';
import { start } from './run.ts';

const slow = contract('slow', { http: { wait: route('GET', '/', { auth: 'none', reply: { 200: Type.String() } }) } });

/** A service whose requests are answered when `finish` is called. */
async function startSlow(limit = Duration.seconds(5)) {
  const arrived = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const wait = async () => {
    arrived.resolve();
    await finish.promise;
    return { status: 200 as const, body: 'done' };
  };
  const metrics = createMetrics('slow');
  const app = serve(slow, { wait }, { log: silentLog, metrics });
  const running = await start(app, { config: { PORT: 0, ADMIN_PORT: 0 }, log: silentLog, metrics, linger: Duration.millis(0), limit });
  return { running, arrived: arrived.promise, finish: () => finish.resolve(), url: `http://127.0.0.1:${running.port}` };
}

const agent = new Agent({ keepAlive: true });
const ask = (url: string) =>
  new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().on('end', () => resolve({ status: response.statusCode, connection: response.headers.connection }))).on(
      'error',
      reject,
    );
  });

test('a request in flight is finished, its connection is closed, and the stop counts as clean', async () => {
  const { running, arrived, finish, url } = await startSlow();
  const answer = ask(url);
  await arrived;
  const stopped = running.stop();
  await new Promise((resolve) => setImmediate(resolve));
  finish();
  expect(await answer).toEqual({ status: 200, connection: 'close' });
  expect(await stopped).toBe(true);
  await expect(fetch(url)).rejects.toThrow();
});

test('readiness fails while requests are finished, liveness does not', async () => {
  const { running, arrived, finish, url } = await startSlow();
  const admin = `http://127.0.0.1:${running.adminPort}`;
  expect((await fetch(`${admin}/healthz/ready`)).status).toBe(200);
  const answer = ask(url);
  await arrived;
  const stopped = running.stop();
  expect((await fetch(`${admin}/healthz/ready`)).status).toBe(503);
  expect((await fetch(`${admin}/healthz/live`)).status).toBe(200);
  finish();
  await Promise.all([answer, stopped]);
});

test('a request that never ends is cut at the limit, and the stop counts as unclean', async () => {
  const { running, arrived, url } = await startSlow(Duration.millis(100));
  const answer = ask(url).catch((error: NodeJS.ErrnoException) => error.code);
  await arrived;
  expect(await running.stop()).toBe(false);
  expect(await answer).toBe('ECONNRESET');
});

test('stopping twice is stopping once', async () => {
  const { running } = await startSlow();
  expect(running.stop()).toBe(running.stop());
  expect(await running.stop()).toBe(true);
});
