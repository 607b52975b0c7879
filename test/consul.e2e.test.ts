import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Kubectl } from '../infra/deploy/kubectl.ts';
import { restoreConsul } from '../infra/operate/consul/index.ts';
import { rotate } from '../infra/operate/secrets/index.ts';
import { consulResolver } from '../services/kit/discovery/consul-resolver.ts';
import { clusterResolver } from '../services/kit/discovery/index.ts';
import { registration } from '../services/kit/discovery/registration.ts';
import { createMetrics } from '../services/kit/metrics/metrics.ts';
import { silentLog } from '../services/kit/testing/run.ts';
import { ConsulTown, runningConsul } from './support/consul/cluster.ts';
import { asKit } from './support/consul/kit.ts';
import { type Headers, asAccount as loggedIn, present } from './support/consul/login.ts';
import { Writes } from './support/consul/writes.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import type { Ask } from './support/port-forward.ts';
import { becomes } from './support/until.ts';

let dev: Dev;
let town: ConsulTown;
let job: string;
let kubectl: Kubectl;
beforeAll(async () => {
  dev = await devAsItRuns();
  ({ kubectl } = dev);
  const images = await runningConsul(kubectl);
  if (images === undefined) throw new Error('no Consul runs in dev');
  town = new ConsulTown(dev.cluster, kubectl, images);
  await town.clear();
  job = await town.deploy();
  await town.addStranger();
}, 30 * 60_000);
afterAll(async () => {
  await town?.remove();
  await devDown(dev);
}, 120_000);

const asAccount = <T>(account: string, work: (ask: Ask, headers: Headers) => Promise<T>) =>
  loggedIn(town, account, work);
const progress = { step: () => undefined, say: () => undefined, skipped: () => undefined };
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
    const pod = (
      await town.run(
        'get',
        'pods',
        '--selector',
        'app.kubernetes.io/name=consul-agent',
        '-o',
        'jsonpath={.items[0].metadata.name}',
      )
    ).trim();
    expect(await town.knock({ pod, port: 8501, as: 'users' })).toBe('let in');
    expect(await town.knock({ pod, port: 8501 })).toMatch(/ALERT/);
    expect(await town.knock({ pod, port: 8501, as: 'stranger' })).toMatch(/ALERT/);
  });
  test('gossip takes nothing that is not encrypted with the key', async () => {
    expect(await town.gossip('consul-server-0')).toBe('closed');
  });
});

describe('an account’s token', () => {
  const register = (name: string) => ({
    method: 'PUT',
    body: JSON.stringify({ ID: `${name}-1`, Name: name, Address: '10.0.0.9', Port: 8080 }),
  });
  const path = '/v1/agent/service/register';
  test('registers its own name, which its caller finds', async () => {
    await asAccount('users', async (ask, headers) =>
      expect((await ask(path, { ...register('users'), headers })).status).toBe(200),
    );
    const found = await asAccount('catalog', (ask, headers) => ask('/v1/health/service/users', { headers }));
    expect(JSON.parse(found.body)).toMatchObject([{ Service: { ID: 'users-1', Address: '10.0.0.9' } }]);
  });
  test('registers no other name, ends no other’s registration, and finds nobody that it doesn’t call', async () => {
    await asAccount('catalog', async (ask, headers) => {
      expect(await ask(path, { ...register('users'), headers })).toMatchObject({
        status: 403,
        body: expect.stringContaining('lacks permission'),
      });
      expect(await ask('/v1/agent/service/deregister/users-1', { method: 'PUT', headers })).toMatchObject({
        status: 403,
      });
    });
    expect(await asAccount('users', (ask, headers) => ask('/v1/health/service/catalog', { headers }))).toMatchObject({
      status: 200,
      body: '[]',
    });
  });
  test('writes no key; without a token nothing is told', async () => {
    const put = { method: 'PUT', body: 'x' };
    await asAccount('users', async (ask, headers) => {
      expect(await ask('/v1/kv/x', { ...put, headers })).toMatchObject({
        status: 403,
        body: expect.stringContaining('lacks permission'),
      });
      expect(await ask('/v1/catalog/services')).toMatchObject({ status: 200, body: '{}' });
      expect((await ask('/v1/agent/members')).body).toBe('[]');
    });
  });
});

test.each([
  ['of the same account in another namespace', ['users', '--namespace', 'shop-dev'], /"users" is forbidden/],
  ['of an account without a contract', ['consul-snapshot'], /Permission denied/],
  [
    'that was made for somebody else to read',
    ['users', '--audience', 'https://elsewhere.example'],
    /token audiences .* is invalid/,
  ],
])('a token %s logs nobody in', async (_, account, why) => {
  const foreign = (await town.run('create', 'token', ...account)).trim();
  await town.agent('users', async (ask) => {
    expect(await present(ask, foreign)).toEqual({ refused: expect.stringMatching(why) });
    expect(await present(ask, (await town.run('create', 'token', 'users')).trim())).toHaveProperty('token');
  });
});

test('an instance that is killed, and so takes nothing out, turns critical and is handed out no more', async () => {
  const address = '10.0.0.66';
  await asAccount('catalog', async (ask, headers) => {
    const consul = asKit(ask, headers);
    const fallback = clusterResolver({ NAMESPACE: town.namespace });
    const resolver = consulResolver(consul, {
      log: silentLog,
      metrics: createMetrics('catalog'),
      fallback,
      scheme: 'https',
    });
    const handedOut = async () => {
      const some = await Promise.all(Array.from({ length: 4 }, async () => resolver.pick('users'))); // one for each instance, and more
      for (const one of some) one.release();
      return some.some(({ origin }) => origin === `https://${address}:8080`);
    };
    const entry = await asAccount('users', async (asUsers, ofUsers) => {
      const instance = { service: 'users', id: 'users-killed', address, port: 8080 };
      const registered = registration(asKit(asUsers, ofUsers), instance, silentLog);
      await registered.start();
      await becomes('it is handed out', handedOut);
      return registered; // and from here on it reaches no agent
    });
    await becomes('it is handed out no more', async () => !(await handedOut()));
    const { body } = await consul.ask('GET', '/v1/health/checks/users');
    expect(body).toContainEqual(expect.objectContaining({ ServiceID: 'users-killed', Status: 'critical' }));
    await entry.stop();
    await resolver.close();
  });
});

test('the bootstrap Job run again changes nothing', async () => {
  const rights = async () =>
    Promise.all(
      ['policy', 'role', 'token', 'auth-method', 'binding-rule'].map((what) =>
        town.consul(`acl ${what} list -format=json | grep -v Index`),
      ),
    );
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
});

describe('a snapshot', () => {
  test('brings back a key, a registration and a role that were deleted, and takes away what came after it', async () => {
    const management = { 'X-Consul-Token': await town.secret('consul-server', 'management') };
    const put = (ask: Ask, path: string, value: object) =>
      ask(path, { method: 'PUT', headers: management, body: JSON.stringify(value) });
    const warehouse = { Node: 'warehouse', Address: '10.0.0.7', Service: { Service: 'warehouse', Port: 80 } };
    await town.agent('users', (ask) => put(ask, '/v1/catalog/register', warehouse));
    await town.consul('kv put precious before');
    await town.snapshot('before');

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
    await becomes(
      'the account may do again what it could',
      async () => (await asAccount('users', registers)).status === 200,
    );
  });
  test('that isn’t there is refused, with the names of those that are', async () => {
    const options = { kubectl, namespace: town.namespace, progress };
    await expect(restoreConsul({ ...options, snapshot: 'consul-never.snap' })).rejects.toThrow(
      /no such file; there are: .*consul-\d+T/,
    );
    await expect(restoreConsul({ ...options, snapshot: '../x' })).rejects.toThrow(/no name of a file/);
  });
});

describe('a secret of Consul gets its next value by one command', () => {
  const rotating = (name: string, cluster = town.cluster) =>
    rotate({ name, cluster, namespace: town.namespace, system: town.system() }, progress);
  const server = (key: string) => town.secret('consul-server', key);
  /** That only what the Secret holds is good. */
  const onlyIn = async (policy: string, present: string, ...former: readonly string[]) => {
    expect(await town.tokensOf(policy)).toEqual([present]);
    for (const token of former) expect(await town.tokenIs(token)).toBe('refused');
  };

  test('the gossip key, also after it was cut off: all members know the next one before any uses it, and then no other', async () => {
    const old = await server('gossip');
    await expect(rotating('consul/gossip', town.cutOffAt('apply --server-side'))).rejects.toThrow(/cut off/);
    expect(await server('gossip')).toBe(old);
    expect((await town.gossipKeys()).size).toBe(2);
    const { failed, lost } = await new Writes(town).during(() => rotating('consul/gossip'));
    expect({ failed, lost }).toEqual({ failed: [], lost: [] });
    expect(await server('gossip')).not.toBe(old);
    expect(await town.gossipKeys()).toEqual(new Set([await server('gossip')]));
    expect(await voters()).toBe(3);
  }, 900_000);

  test('the management token: the former one may do nothing afterwards', async () => {
    const old = await server('management');
    await rotating('consul/management');
    expect(await town.consul('acl token list')).toContain('global-management');
    await onlyIn('global-management', await server('management'), old);
  }, 900_000);

  test('the agents’ token: a roll takes one server at a time, each write is taken, and every node is known', async () => {
    const old = await server('agent');
    const { failed, lost, taken } = await new Writes(town).during(() => rotating('consul/agent'));
    expect({ failed, lost, enough: taken > 20 }).toEqual({ failed: [], lost: [], enough: true });
    expect(await voters()).toBe(3);
    await onlyIn('system-agent', await server('agent'), old);
    for (const set of ['statefulset/consul-server', 'daemonset/consul-agent'])
      expect(await town.run('logs', set)).not.toMatch(/blocked by ACLs/);
  }, 900_000);

  test('the token of the servers’ readiness: servers are ready by the next one', async () => {
    const old = await server('probe');
    await rotating('consul/probe');
    await onlyIn('system-probe', await server('probe'), old);
    expect(await town.shell('consul operator raft list-peers')).toMatch(/leader/); // by the token that the probe has
    await town.allReady();
  }, 900_000);

  test('the snapshots’ token, also after it was cut off before it was handed over: the next snapshot is taken, and nothing is rolled', async () => {
    const old = await server('snapshot');
    await expect(rotating('consul/snapshot', town.cutOffAt('apply --server-side'))).rejects.toThrow(/cut off/);
    const [made] = (await town.tokensOf('system-snapshot')).filter((token) => token !== old);
    expect([await town.tokenIs(old), await town.tokenIs(made as string)]).toEqual(['known', 'known']);
    expect(await rotating('consul/snapshot')).toMatch(/nothing reads it/);
    await onlyIn('system-snapshot', await server('snapshot'), old, made as string);
    await town.snapshot('after-rotation');
  });

  test('Prometheus’ token, also after it was cut off before the former one ended: the next one reads the metrics', async () => {
    const old = await town.secret('consul-metrics', 'token');
    await expect(rotating('consul/metrics', town.cutOffAt('acl token delete'))).rejects.toThrow(/cut off/);
    const made = await town.secret('consul-metrics', 'token');
    expect([await town.tokenIs(old), await town.tokenIs(made)]).toEqual(['known', 'known']);
    await rotating('consul/metrics');
    const present = await town.secret('consul-metrics', 'token');
    await onlyIn('system-metrics', present, old, made);
    const read = (token: string) =>
      town.agent('users', (ask) => ask('/v1/agent/metrics', { headers: { 'X-Consul-Token': token } }));
    expect(await read(present)).toMatchObject({ status: 200 });
    expect(await read(old)).toMatchObject({ status: 403 });
  });
});
