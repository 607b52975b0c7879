import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Ask } from '../infra/deploy/index.ts';
import type { Kubectl } from '../infra/deploy/kubectl.ts';
import { restoreConsul, rotate } from '../infra/operate/index.ts';
import { consulResolver } from '../services/kit/discovery/consul-resolver.ts';
import { clusterResolver } from '../services/kit/discovery/index.ts';
import { registration } from '../services/kit/discovery/registration.ts';
import { createMetrics } from '../services/kit/metrics/metrics.ts';
import { silentLog } from '../services/kit/testing/run.ts';
import { ConsulTestSystem, runningConsul } from './support/consul/cluster.ts';
import { asKit } from './support/consul/kit.ts';
import { type Headers, asAccount as loggedIn, present } from './support/consul/login.ts';
import { Writes } from './support/consul/writes.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { becomes } from './support/until.ts';

let dev: Dev;
let system: ConsulTestSystem;
let job: string;
let kubectl: Kubectl;
beforeAll(async () => {
  dev = await devAsItRuns();
  ({ kubectl } = dev);
  const images = await runningConsul(kubectl);
  if (images === undefined) throw new Error('Consul is not running in dev');
  system = new ConsulTestSystem(dev.cluster, kubectl, images);
  await system.clear();
  job = await system.deploy();
  await system.addUnknownCaller();
}, 30 * 60_000);
afterAll(async () => {
  await system?.remove();
  await devDown(dev);
}, 120_000);

const asAccount = <T>(account: string, work: (ask: Ask, headers: Headers) => Promise<T>) =>
  loggedIn(system, account, work);
const progress = { step: () => undefined, say: () => undefined, skipped: () => undefined };
const leader = async () => /^(consul-server-\d) .* leader /m.exec(await system.consul('operator raft list-peers'))?.[1];
const voters = async () => (await system.consul('operator raft list-peers')).match(/ true /g)?.length;

describe('a connection without a certificate of the environment is rejected', () => {
  test('a server’s HTTPS', async () => {
    const where = { pod: 'consul-server-0', port: 8501 };
    expect(await system.connect({ ...where, as: 'users' })).toBe('admitted');
    expect(await system.connect(where)).toMatch(/ALERT/);
    expect(await system.connect({ ...where, as: 'unknown-caller' })).toMatch(/ALERT/);
  });
  test('an agent’s HTTPS', async () => {
    const pod = (
      await system.run(
        'get',
        'pods',
        '--selector',
        'app.kubernetes.io/name=consul-agent',
        '-o',
        'jsonpath={.items[0].metadata.name}',
      )
    ).trim();
    expect(await system.connect({ pod, port: 8501, as: 'users' })).toBe('admitted');
    expect(await system.connect({ pod, port: 8501 })).toMatch(/ALERT/);
    expect(await system.connect({ pod, port: 8501, as: 'unknown-caller' })).toMatch(/ALERT/);
  });
  test('gossip rejects messages that are not encrypted with the key', async () => {
    expect(await system.gossip('consul-server-0')).toBe('closed');
  });
});

describe('an account’s token', () => {
  const register = (name: string) => ({
    method: 'PUT',
    body: JSON.stringify({ ID: `${name}-1`, Name: name, Address: '10.0.0.9', Port: 8080 }),
  });
  const path = '/v1/agent/service/register';
  test('registers its own name, and its caller can look it up', async () => {
    await asAccount('users', async (ask, headers) =>
      expect((await ask(path, { ...register('users'), headers })).status).toBe(200),
    );
    const found = await asAccount('catalog', (ask, headers) => ask('/v1/health/service/users', { headers }));
    expect(JSON.parse(found.body)).toMatchObject([{ Service: { ID: 'users-1', Address: '10.0.0.9' } }]);
  });
  test('cannot register another name, deregister another service, or look up a service that it does not call', async () => {
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
  test('cannot write a key; a request without a token returns nothing', async () => {
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
    'issued for another audience',
    ['users', '--audience', 'https://elsewhere.example'],
    /token audiences .* is invalid/,
  ],
])('a token %s is rejected at login', async (_, account, why) => {
  const foreign = (await system.run('create', 'token', ...account)).trim();
  await system.agent('users', async (ask) => {
    expect(await present(ask, foreign)).toEqual({ refused: expect.stringMatching(why) });
    expect(await present(ask, (await system.run('create', 'token', 'users')).trim())).toHaveProperty('token');
  });
});

test('an instance that is killed without deregistering turns critical and is no longer returned', async () => {
  const address = '10.0.0.66';
  await asAccount('catalog', async (ask, headers) => {
    const consul = asKit(ask, headers);
    const fallback = clusterResolver({ NAMESPACE: system.namespace });
    const resolver = consulResolver(consul, {
      log: silentLog,
      metrics: createMetrics('catalog'),
      fallback,
      scheme: 'https',
    });
    const handedOut = async () => {
      // More than there are instances.
      const some = await Promise.all(Array.from({ length: 4 }, async () => resolver.pick('users')));
      for (const one of some) one.release();
      return some.some(({ origin }) => origin === `https://${address}:8080`);
    };
    const entry = await asAccount('users', async (asUsers, ofUsers) => {
      const instance = { service: 'users', id: 'users-killed', address, port: 8080 };
      const registered = registration(asKit(asUsers, ofUsers), instance, silentLog);
      await registered.start();
      await becomes('it is returned', handedOut);
      return registered; // from here on it reaches no agent
    });
    await becomes('it is no longer returned', async () => !(await handedOut()));
    const { body } = await consul.ask('GET', '/v1/health/checks/users');
    expect(body).toContainEqual(expect.objectContaining({ ServiceID: 'users-killed', Status: 'critical' }));
    await entry.stop();
    await resolver.close();
  });
});

test('a second run of the bootstrap Job changes nothing', async () => {
  const rights = async () =>
    Promise.all(
      ['policy', 'role', 'token', 'auth-method', 'binding-rule'].map((what) =>
        system.consul(`acl ${what} list -format=json | grep -v Index`),
      ),
    );
  const before = await rights();
  expect(await system.runAgain(job)).toMatch(/^Consul is reconciled with 2 services\n*$/);
  expect(await rights()).toEqual(before);
});

describe('with three servers', () => {
  test('another server becomes leader when the leader is killed, and no write is lost', async () => {
    const first = (await leader()) as string;
    const { failed, lost, taken } = await new Writes(system).during(async () => {
      await system.shell('kill -9 $(pidof consul)', first);
      await becomes(
        'another server is leader',
        async () => ![undefined, first].includes(await leader().catch(() => undefined)),
      );
      await becomes('all three vote again', async () => (await voters().catch(() => 0)) === 3);
    });
    expect({ failed, lost, enough: taken > 0 }).toEqual({ failed: [], lost: [], enough: true });
  });
});

describe('a snapshot', () => {
  test('restores a deleted key, registration and role, and removes what was added after the snapshot', async () => {
    const management = { 'X-Consul-Token': await system.secret('consul-server', 'management') };
    const put = (ask: Ask, path: string, value: object) =>
      ask(path, { method: 'PUT', headers: management, body: JSON.stringify(value) });
    const warehouse = { Node: 'warehouse', Address: '10.0.0.7', Service: { Service: 'warehouse', Port: 80 } };
    await system.agent('users', (ask) => put(ask, '/v1/catalog/register', warehouse));
    await system.consul('kv put precious before');
    await system.snapshot('before');

    await system.consul('kv delete precious');
    await system.consul('kv put later after');
    await system.agent('users', (ask) => put(ask, '/v1/catalog/deregister', { Node: 'warehouse' }));
    await system.consul('acl role delete -name=service-users');
    await expect(asAccount('users', async () => undefined)).rejects.toThrow();

    expect(await restoreConsul({ kubectl, namespace: system.namespace, progress })).toMatch(
      /Restored snapshot[\s\S]*as \/snapshots\/consul-\d+T\d+Z\.snap has it/,
    );
    expect(await system.consul('kv get precious')).toBe('before');
    await expect(system.consul('kv get later')).rejects.toThrow(/No key exists/);
    expect(await system.consul('catalog services')).toContain('warehouse');
    // An agent caches for half a minute what a role allows.
    const registers = (ask: Ask, headers: Readonly<Record<string, string>>) =>
      ask('/v1/agent/service/register', { method: 'PUT', headers, body: JSON.stringify({ Name: 'users', Port: 1 }) });
    await becomes(
      'the account has its permissions again',
      async () => (await asAccount('users', registers)).status === 200,
    );
  });
  test('that does not exist is rejected, with a list of those that do', async () => {
    const options = { kubectl, namespace: system.namespace, progress };
    await expect(restoreConsul({ ...options, snapshot: 'consul-never.snap' })).rejects.toThrow(
      /no such file; there are: .*consul-\d+T/,
    );
    await expect(restoreConsul({ ...options, snapshot: '../x' })).rejects.toThrow(/must be a file name/);
  });
});

describe('one command rotates a secret of Consul', () => {
  const rotating = (name: string, cluster = system.cluster) =>
    rotate({ name, cluster, namespace: system.namespace, system: system.synthesize() }, progress);
  const server = (key: string) => system.secret('consul-server', key);
  /** Expects that only the token in the Secret is valid. */
  const onlyIn = async (policy: string, present: string, ...former: readonly string[]) => {
    expect(await system.tokensOf(policy)).toEqual([present]);
    for (const token of former) expect(await system.tokenIs(token)).toBe('refused');
  };

  test('the gossip key, also after an interruption: all members know the next key before any uses it, and then no other', async () => {
    const old = await server('gossip');
    await expect(rotating('consul/gossip', system.cutOffAt('apply --server-side'))).rejects.toThrow(/cut off/);
    expect(await server('gossip')).toBe(old);
    expect((await system.gossipKeys()).size).toBe(2);
    const { failed, lost } = await new Writes(system).during(() => rotating('consul/gossip'));
    expect({ failed, lost }).toEqual({ failed: [], lost: [] });
    expect(await server('gossip')).not.toBe(old);
    expect(await system.gossipKeys()).toEqual(new Set([await server('gossip')]));
    expect(await voters()).toBe(3);
  }, 900_000);

  test('the management token: the previous token is no longer valid', async () => {
    const old = await server('management');
    await rotating('consul/management');
    expect(await system.consul('acl token list')).toContain('global-management');
    await onlyIn('global-management', await server('management'), old);
  }, 900_000);

  test('the agents’ token: a rollout restarts one server at a time, no write is lost, and every node stays registered', async () => {
    const old = await server('agent');
    const { failed, lost, taken } = await new Writes(system).during(() => rotating('consul/agent'));
    expect({ failed, lost, enough: taken > 20 }).toEqual({ failed: [], lost: [], enough: true });
    expect(await voters()).toBe(3);
    await onlyIn('system-agent', await server('agent'), old);
    for (const set of ['statefulset/consul-server', 'daemonset/consul-agent'])
      expect(await system.run('logs', set)).not.toMatch(/blocked by ACLs/);
  }, 900_000);

  test('the token of the servers’ readiness probe: servers become ready with the next token', async () => {
    const old = await server('probe');
    await rotating('consul/probe');
    await onlyIn('system-probe', await server('probe'), old);
    expect(await system.shell('consul operator raft list-peers')).toMatch(/leader/); // with the token of the probe
    await system.allReady();
  }, 900_000);

  test('the snapshots’ token, also after an interruption before the Secret was written: the next snapshot succeeds, and no workload is restarted', async () => {
    const old = await server('snapshot');
    await expect(rotating('consul/snapshot', system.cutOffAt('apply --server-side'))).rejects.toThrow(/cut off/);
    const [made] = (await system.tokensOf('system-snapshot')).filter((token) => token !== old);
    expect([await system.tokenIs(old), await system.tokenIs(made as string)]).toEqual(['known', 'known']);
    expect(await rotating('consul/snapshot')).toMatch(/nothing reads it/);
    await onlyIn('system-snapshot', await server('snapshot'), old, made as string);
    await system.snapshot('after-rotation');
  });

  test('Prometheus’ token, also after an interruption before the previous token was deleted: the next token reads the metrics', async () => {
    const old = await system.secret('consul-metrics', 'token');
    await expect(rotating('consul/metrics', system.cutOffAt('acl token delete'))).rejects.toThrow(/cut off/);
    const made = await system.secret('consul-metrics', 'token');
    expect([await system.tokenIs(old), await system.tokenIs(made)]).toEqual(['known', 'known']);
    await rotating('consul/metrics');
    const present = await system.secret('consul-metrics', 'token');
    await onlyIn('system-metrics', present, old, made);
    const read = (token: string) =>
      system.agent('users', (ask) => ask('/v1/agent/metrics', { headers: { 'X-Consul-Token': token } }));
    expect(await read(present)).toMatchObject({ status: 200 });
    expect(await read(old)).toMatchObject({ status: 403 });
  });
});
