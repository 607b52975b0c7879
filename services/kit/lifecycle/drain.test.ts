import { Agent, get } from 'node:http';
import { contract, Duration, route } from '@groundwork/contract';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { createMetrics } from '../metrics/metrics.ts';
import { serve } from '../server/serve.ts';
import { silentLog } from '../testing/run.ts';
import type { LifecycleHook } from './hooks.ts';
import { start } from './run.ts';

const slow = contract('slow', { http: { wait: route('GET', '/', { auth: 'none', reply: { 200: Type.String() } }) } });

/** A service that responds when `finish` is called. */
async function startSlow(limit = Duration.seconds(5), hooks: readonly LifecycleHook[] = []) {
  const arrived = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const wait = async () => {
    arrived.resolve();
    await finish.promise;
    return { status: 200 as const, body: 'done' };
  };
  const metrics = createMetrics('slow');
  const app = serve(slow, { wait }, { log: silentLog, metrics, trust: undefined });
  const config = { PORT: 0, PROBE_PORT: 0, METRICS_PORT: 0 };
  const running = await start(app, {
    config,
    log: silentLog,
    metrics,
    trust: undefined,
    hooks,
    linger: Duration.millis(0),
    limit,
  });
  return { running, arrived: arrived.promise, finish: () => finish.resolve(), url: `http://127.0.0.1:${running.port}` };
}

const agent = new Agent({ keepAlive: true });
const ask = (url: string) =>
  new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
    get(url, { agent }, (response) =>
      response
        .resume()
        .on('end', () => resolve({ status: response.statusCode, connection: response.headers.connection })),
    ).on('error', reject);
  });

test('a request in progress is finished, its connection is closed, and the stop is clean', async () => {
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
  const probes = `http://127.0.0.1:${running.probePort}`;
  expect((await fetch(`${probes}/healthz/ready`)).status).toBe(200);
  const answer = ask(url);
  await arrived;
  const stopped = running.stop();
  expect((await fetch(`${probes}/healthz/ready`)).status).toBe(503);
  expect((await fetch(`${probes}/healthz/live`)).status).toBe(200);
  finish();
  await Promise.all([answer, stopped]);
});

test('a request that never ends is aborted at the limit, and the stop is unclean', async () => {
  const { running, arrived, url } = await startSlow(Duration.millis(100));
  const answer = ask(url).catch((error: NodeJS.ErrnoException) => error.code);
  await arrived;
  expect(await running.stop()).toBe(false);
  expect(await answer).toBe('ECONNRESET');
});

test('a second stop has no effect', async () => {
  const { running } = await startSlow();
  expect(running.stop()).toBe(running.stop());
  expect(await running.stop()).toBe(true);
});

describe('hooks', () => {
  const said: string[] = [];
  const hook = (name: string, fails = false): LifecycleHook => ({
    start: () => void said.push(`start ${name}`),
    stop: async () => {
      said.push(`stop ${name}`);
      if (fails) throw new Error('stuck');
    },
  });
  beforeEach(() => {
    said.length = 0;
  });

  test('start in reverse order and stop in order, even if one fails', async () => {
    const { running } = await startSlow(undefined, [hook('registry', true), hook('relay')]);
    expect(await running.stop()).toBe(true);
    expect(said).toEqual(['start relay', 'start registry', 'stop registry', 'stop relay']);
  });

  test('stop while requests are still accepted', async () => {
    const { running, url, finish } = await startSlow(undefined, [
      { start: () => {}, stop: async () => void said.push(`${(await fetch(url)).status}`) },
    ]);
    finish();
    await running.stop();
    expect(said).toEqual(['200']);
  });

  test('one that never stops delays the service at most by the limit', async () => {
    const { running } = await startSlow(Duration.millis(50), [{ start: () => {}, stop: () => new Promise(() => {}) }]);
    await running.stop();
  });
});
