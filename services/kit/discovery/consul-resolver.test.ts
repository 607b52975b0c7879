import { expect, test } from '@jest/globals';
import { createMetrics } from '../metrics/metrics.ts';
import { silentLog } from '../testing/run.ts';
import type { AskOptions, Consul } from './consul.ts';
import { consulResolver } from './consul-resolver.ts';
import { clusterResolver } from './resolver.ts';

const entry = (address: string) => ({ Node: { Address: '10.0.0.1' }, Service: { Address: address, Port: 8080 } });

/** A Consul that answers the first query with these instances, or fails, and then holds each query until it is aborted. */
function fakeConsul(addresses: readonly string[] | undefined) {
  let asked = 0;
  const held = Promise.withResolvers<void>();
  const ask = async (_method: string, _path: string, { signal }: AskOptions = {}) => {
    asked += 1;
    if (addresses === undefined) throw new Error('connect ECONNREFUSED');
    if (asked === 1) return { body: addresses.map(entry), index: 7 };
    held.resolve();
    return new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('cut off'))));
  };
  return { consul: { ask } as unknown as Consul, held: held.promise };
}

function resolving(addresses: readonly string[] | undefined) {
  const metrics = createMetrics('catalog');
  const { consul, held } = fakeConsul(addresses);
  const fallback = clusterResolver({ NAMESPACE: 'town' });
  return { resolver: consulResolver(consul, { log: silentLog, metrics, fallback, scheme: 'https' }), held, metrics };
}

test('picks the instance with the fewest calls in progress', async () => {
  const { resolver, held } = resolving(['10.0.0.2', '10.0.0.3']);
  await resolver.pick('users');
  await held;
  const first = await resolver.pick('users');
  const second = await resolver.pick('users');
  expect([first.origin, second.origin].sort()).toEqual(['https://10.0.0.2:8080', 'https://10.0.0.3:8080']);
  first.release();
  expect((await resolver.pick('users')).origin).toBe(first.origin);
  await resolver.close();
});

test('picks only usable instances, unless there are none', async () => {
  const { resolver, held } = resolving(['10.0.0.2', '10.0.0.3']);
  await resolver.pick('users');
  await held;
  const usable = (origin: string) => origin === 'https://10.0.0.3:8080';
  for (let n = 0; n < 3; n += 1) expect((await resolver.pick('users', usable)).origin).toBe('https://10.0.0.3:8080');
  expect((await resolver.pick('users', () => false)).origin).toMatch(/^https:\/\/10\.0\.0\.[23]:8080$/);
  await resolver.close();
});

test('an IPv6 address is in brackets, as URLs have it', async () => {
  const { resolver, held } = resolving(['fd00::7']);
  await resolver.pick('users');
  await held;
  expect((await resolver.pick('users')).origin).toBe('https://[fd00::7]:8080');
  await resolver.close();
});

test.each([
  ['is unavailable', undefined],
  ['knows no instance', []],
])("goes to the cluster's own address while Consul %s, and counts it", async (_, addresses) => {
  const { resolver, metrics } = resolving(addresses);
  expect((await resolver.pick('users')).origin).toBe('https://users.town.svc.cluster.local');
  expect(await metrics.registry.metrics()).toMatch(/discovery_fallback_total\{.*callee="users".*\} 1/);
  await resolver.close();
});
