import { contract, Duration, route } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { until } from '../../../test/support/until.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { silentLog, startOnFreePorts } from '../testing/run.ts';
import { serve } from './serve.ts';

const mill = contract('mill', {
  http: {
    grind: route('GET', '/grind', { auth: 'none', reply: { 200: Type.Null() } }),
    look: route('GET', '/look', { auth: 'none', reply: { 200: Type.Null() } }),
  },
});

test('while the event loop is late, requests are rejected with Retry-After, and served again afterwards', async () => {
  const done = async () => ({ status: 200 as const, body: null });
  const grind = () => {
    for (const end = performance.now() + 200; performance.now() < end; ); // CPU that blocks the event loop
    return done();
  };
  const server = serve(
    mill,
    { grind, look: done },
    { log: silentLog, metrics: createMetrics('mill'), trust: undefined, maxDelay: Duration.millis(50) },
  );
  const service = await startOnFreePorts({ server });
  const ask = (path: string) => fetch(`${service.url}${path}`);
  let rejected: Response | undefined;
  await until(async () => {
    const answers = await Promise.all([ask('/grind'), ask('/grind'), ask('/grind')]);
    rejected = answers.find(({ status }) => status === 503);
    return rejected !== undefined;
  });
  expect(rejected?.headers.get('retry-after')).toBe('1');
  expect(await rejected?.json()).toMatchObject({ code: 'overloaded' });
  await until(async () => (await ask('/look')).status === 200);
  await service.stop();
});
