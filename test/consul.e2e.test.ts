import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chooseCluster } from '../infra/cluster/index.ts';
import { restoreConsul } from '../infra/consul/index.ts';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { rotate } from '../infra/secrets/index.ts';
import { ConsulTown, runningConsul } from './support/consul/town.ts';
import { Writes } from './support/consul/writes.ts';
import { type Dev, devDown, devUp } from './support/dev.ts';
import type { Ask } from './support/port-forward.ts';
import { becomes } from './support/until.ts';

let dev: Dev | undefined;
let town: ConsulTown;
let job: string;
let kubectl: Kubectl;
beforeAll(async () => {
  const { driver } = await chooseCluster({ wanted: 'embedded' });
  let cluster = await driver.find();
  if (cluster === undefined || (await runningConsul(new Kubectl(cluster))) === undefined) {
    dev = await devUp();
    cluster = dev.cluster;
  }
  kubectl = new Kubectl(cluster);
  const images = await runningConsul(kubectl);
  if (images === undefined) throw new Error('no Consul runs in dev');
  town = new ConsulTown(cluster, kubectl, images);
  await town.clear();
  job = await town.deploy();
  await town.addStranger();
}, 30 * 60_000);
afterAll(async () => {
  await town?.remove();
  await devDown(dev);
}, 120_000);

/** A service's token, for which it shows that of its account. */
async function logIn(account: string, ask: Ask): Promise<Readonly<Record<string, string>>> {
  const BearerToken = (await town.run('create', 'token', account)).trim();
  const { status, body } = await ask('/v1/acl/login', { method: 'POST', body: JSON.stringify({ AuthMethod: 'kubernetes', BearerToken }) });
  expect(status).toBe(200);
  const headers = { 'X-Consul-Token': JSON.parse(body).SecretID };
  // The server that an agent asks may hear of a new token a moment later.
  await becomes('the token is known', async () => (await ask('/v1/acl/token/self', { headers })).status === 200);
  return headers;
}
const asAccount = <T>(account: string, work: (ask: Ask, headers: Readonly<Record<string, string>>) => Promise<T>) =>
  town.agent(account, async (ask) => work(ask, await logIn(account, ask)));
const leader = async () => /^(consul-server-\d) .* leader /m.exec(await town.consul('operator raft list-peers'))?.[1];
const voters = async () => (await town.consul('operator raft list-peers')).match(/ true /g)?.length;

describe('nobody is let in without a certificate of the environment', () => {
  test('a server’s HTTPS', async () => {
    const where = { pod: 'consul-server-0', port: 8501 };
    expect(await town.knock({ ...where, as: 'users' })).toBe('let in');
    expect(await town.knock(where)).toMatch(/ALERT/);
    expect(await town.knock({ ...where, as: 'stranger' })).toMatch(/ALERT/);
  });
  test('an agent’s HTTPS', async () => {
    const pod = (await town.run('get', 'pods', '--selector', 'app.kubernetes.io/name=consul-agent', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
    expect(await town.knock({ pod, port: 8501, as: 'users' })).toBe('let in');
    expect(await town.knock({ pod, port: 8501 })).toMatch(/ALERT/);
    expect(await town.knock({ pod, port: 8501, as: 'stranger' })).toMatch(/ALERT/);
  });
  test('gossip takes nothing that is not encrypted with the key', async () => {
    expect(await town.gossip('consul-server-0')).toBe('closed');
  });
});

describe('an account’s token', () => {
  const register = (name: string) => ({ method: 'PUT', body: JSON.stringify({ ID: `${name}-1`, Name: name, Address: '10.0.0.9', Port: 8080 }) });
  const path = '/v1/agent/service/register';
  test('registers its own name, which its caller finds', async () => {
    await asAccount('users', async (ask, headers) => expect((await ask(path, { ...register('users'), headers })).status).toBe(200));
    const found = await asAccount('catalog', (ask, headers) => ask('/v1/health/service/users', { headers }));
    expect(JSON.parse(found.body)).toMatchObject([{ Service: { ID: 'users-1', Address: '10.0.0.9' } }]);
  });
  test('registers no other name, ends no other’s registration, and finds nobody that it doesn’t call', async () => {
    await asAccount('catalog', async (ask, headers) => {
      expect(await ask(path, { ...register('users'), headers })).toMatchObject({ status: 403, body: expect.stringContaining('lacks permission') });
      expect(await ask('/v1/agent/service/deregister/users-1', { method: 'PUT', headers })).toMatchObject({ status: 403 });
    });
    expect(await asAccount('users', (ask, headers) => ask('/v1/health/service/catalog', { headers }))).toMatchObject({ status: 200, body: '[]' });
  });
  test('writes no key; without a token nothing is told', async () => {
    const put = { method: 'PUT', body: 'x' };
    await asAccount('users', async (ask, headers) => {
      expect(await ask('/v1/kv/x', { ...put, headers })).toMatchObject({ status: 403, body: expect.stringContaining('lacks permission') });
      expect(await ask('/v1/catalog/services')).toMatchObject({ status: 200, body: '{}' });
      expect((await ask('/v1/agent/members')).body).toBe('[]');
    });
  });
});

test('the bootstrap Job run again changes nothing', async () => {
  const rights = async () =>
    Promise.all(['policy', 'role', 'token', 'auth-method', 'binding-rule'].map((what) => town.consul(`acl ${what} list -format=json | grep -v Index`)));
  const before = await rights();
  expect(await town.runAgain(job)).toMatch(/^Consul agrees with 2 services\n*$/);
  expect(await rights()).toEqual(before);
});

describe('with three servers', () => {
  test('another leads when the leader is killed, and each write is taken', async () => {
    const first = (await leader()) as string;
    const { failed, lost, taken } = await new Writes(town).during(async () => {
      await town.shell('kill -9 $(pidof consul)', first);
      await becomes('another leads', async () => ![undefined, first].includes(await leader().catch(() => undefined)));
      await becomes('all three vote again', async () => (await voters().catch(() => 0)) === 3);
    });
    expect({ failed, lost, enough: taken > 0 }).toEqual({ failed: [], lost: [], enough: true });
  });
  test('a roll takes one at a time, and each write is taken', async () => {
    const { failed, lost, taken } = await new Writes(town).during(async () => {
      await town.run('rollout', 'restart', 'statefulset/consul-server');
      await town.allReady();
    });
    expect({ failed, lost, enough: taken > 20 }).toEqual({ failed: [], lost: [], enough: true });
    expect(await voters()).toBe(3);
  });
});

describe('a snapshot', () => {
  const progress = { step: () => undefined, say: () => undefined, skipped: () => undefined };
  test('brings back a key, a registration and a role that were deleted, and takes away what came after it', async () => {
    const management = { 'X-Consul-Token': await town.secret('consul-server', 'management') };
    const put = (ask: Ask, path: string, value: object) => ask(path, { method: 'PUT', headers: management, body: JSON.stringify(value) });
    const warehouse = { Node: 'warehouse', Address: '10.0.0.7', Service: { Service: 'warehouse', Port: 80 } };
    await town.agent('users', (ask) => put(ask, '/v1/catalog/register', warehouse));
    await town.consul('kv put precious before');
    await town.run('create', 'job', '--from=cronjob/consul-snapshot', 'snapshot-now');
    await town.run('wait', 'job/snapshot-now', '--for=condition=Complete', '--timeout=120s');

    await town.consul('kv delete precious');
    await town.consul('kv put later after');
    await town.agent('users', (ask) => put(ask, '/v1/catalog/deregister', { Node: 'warehouse' }));
    await town.consul('acl role delete -name=service-users');
    await expect(asAccount('users', async () => undefined)).rejects.toThrow();

    expect(await restoreConsul({ kubectl, namespace: town.namespace, progress })).toMatch(
      /Restored snapshot[\s\S]*as \/snapshots\/consul-\d+T\d+Z\.snap has it/,
    );
    expect(await town.consul('kv get precious')).toBe('before');
    await expect(town.consul('kv get later')).rejects.toThrow(/No key exists/);
    expect(await town.consul('catalog services')).toContain('warehouse');
    // An agent remembers for half a minute what a role allows.
    const registers = (ask: Ask, headers: Readonly<Record<string, string>>) =>
      ask('/v1/agent/service/register', { method: 'PUT', headers, body: JSON.stringify({ Name: 'users', Port: 1 }) });
    await becomes('the account may do again what it could', async () => (await asAccount('users', registers)).status === 200);
  });
  test('that isn’t there is refused, with the names of those that are', async () => {
    const options = { kubectl, namespace: town.namespace, progress };
    await expect(restoreConsul({ ...options, snapshot: 'consul-never.snap' })).rejects.toThrow(/no such file; there are: .*consul-\d+T/);
    await expect(restoreConsul({ ...options, snapshot: '../x' })).rejects.toThrow(/no name of a file/);
  });
});

describe('a secret of Consul gets its next value by one command, while writes go on', () => {
  const progress = { step: () => undefined, say: () => undefined, skipped: () => undefined };
  const rotating = (name: string) => rotate({ name, cluster: town.cluster, namespace: town.namespace, entries: town.entries() }, progress);

  test('the gossip key: all members know the next one before any uses it, and then no other', async () => {
    const old = await town.secret('consul-server', 'gossip');
    const { failed, lost } = await new Writes(town).during(() => rotating('consul/gossip'));
    expect({ failed, lost }).toEqual({ failed: [], lost: [] });
    const fresh = await town.secret('consul-server', 'gossip');
    expect(fresh).not.toBe(old);
    const keys = new Set((await town.consul('keyring -list')).match(/[A-Za-z0-9+/]{43}=/g));
    expect(keys).toEqual(new Set([fresh]));
    expect(await voters()).toBe(3);
  }, 900_000);

  test('the management token: the former one may do nothing afterwards', async () => {
    const old = await town.secret('consul-server', 'management');
    await rotating('consul/management');
    expect(await town.secret('consul-server', 'management')).not.toBe(old);
    expect(await town.consul('acl token list')).toContain('global-management');
    await expect(town.shell(`CONSUL_HTTP_TOKEN=${old} consul acl token list`)).rejects.toThrow(/403|ACL not found/);
  }, 900_000);
});
