import { spawnSync } from 'node:child_process';
import { type Contract, contract, postgres } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { at, objectsOf, type SystemProps, system } from '../../test/support/system.ts';
import { Cpu, Size } from '../index.ts';

const owner = (name: string, poolSize?: number): Contract =>
  contract(name, { owns: [postgres({ migrations: `services/${name}/migrations`, ...(poolSize === undefined ? {} : { poolSize }) })] }) as Contract;
const two: SystemProps = { contracts: [owner('users'), owner('order-history')] };
const container = 'spec.template.spec.containers.0';

describe('a service that owns a database', () => {
  const objects = objectsOf(system(two));

  test('is told where it is and who it is there, the password in a file', () => {
    expect(at(objects['Deployment/order-history'], `${container}.env`)).toEqual(
      expect.arrayContaining([
        { name: 'POSTGRES_HOST', value: 'postgres.town-test.svc.cluster.local' },
        { name: 'POSTGRES_DATABASE', value: 'order_history' },
        { name: 'POSTGRES_USER', value: 'order_history_app' },
        { name: 'POSTGRES_PASSWORD_FILE', value: '/var/run/groundwork/postgres/password' },
        { name: 'POSTGRES_POOL_SIZE', value: '10' },
      ]),
    );
  });

  test('migrates as the owner before it starts, and runs as the app role', () => {
    const init = at(objects['Deployment/order-history'], 'spec.template.spec.initContainers.0');
    expect(init).toMatchObject({ name: 'migrate', command: ['node', 'services/order-history/migrate.ts'] });
    expect(at(init, 'env')).toContainEqual({ name: 'POSTGRES_USER', value: 'order_history_owner' });
    const volumes = at(objects['Deployment/order-history'], 'spec.template.spec.volumes') as { name: string; projected?: { sources: object[] } }[];
    const secretOf = (name: string) =>
      at(
        volumes.find((volume) => volume.name === name),
        'projected.sources.0.secret.name',
      );
    expect(secretOf('postgres')).toBe('postgres-order-history-app');
    expect(secretOf('migrate-postgres')).toBe('postgres-order-history-owner');
  });

  test("never mounts the superuser's password, nor that of another service", () => {
    const text = JSON.stringify(objects['Deployment/users']);
    expect(text).not.toContain('postgres-admin');
    expect(text).not.toContain('order-history');
  });

  test('is let in by the server together with its provisioning Job, and nobody else is', () => {
    const from = at(objects['NetworkPolicy/postgres-from-users'], 'spec.ingress.0.from') as { podSelector: { matchLabels: Record<string, string> } }[];
    expect(from.map(({ podSelector }) => podSelector.matchLabels['app.kubernetes.io/name'])).toEqual(['users', 'postgres-users']);
    expect(at(objects['NetworkPolicy/postgres'], 'spec')).not.toHaveProperty('ingress');
  });

  test('may change rows, but not tables: only the owner has the schema', () => {
    const sql = at(objects['ConfigMap/postgres-order-history'], 'data') as Record<string, string>;
    expect(sql['provision.sql']).toContain('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO order_history_app;');
    expect(sql['provision.sql']).toContain('REVOKE ALL ON DATABASE order_history FROM PUBLIC;');
    expect(sql['provision.sql']).not.toMatch(/PASSWORD '(?!:)/);
  });
});

describe('the provisioning Job', () => {
  const jobOf = (props: SystemProps) => Object.keys(objectsOf(system(props))).find((id) => id.startsWith('Job/postgres-users-'));

  test('keeps its name while its inputs stay, so that nothing runs again', () => {
    expect(jobOf(two)).toBe(jobOf({ contracts: [owner('users')] }));
  });
  test('has another name when its image changes, since a Job can not be changed', () => {
    expect(jobOf({ ...two, postgres: { image: 'registry.example/postgres:2' } })).not.toBe(jobOf(two));
  });
});

describe('another generation of passwords', () => {
  const before = objectsOf(system(two));
  const after = objectsOf(system({ ...two, postgres: { passwordGeneration: 2 } }));
  const inputs = (objects: typeof before, service: string) =>
    at(objects[`Deployment/${service}`], 'spec.template.metadata') as { annotations: Record<string, string> };

  test('is set by new Jobs, and rolls the pods that use them', () => {
    const jobs = (objects: typeof before) => Object.keys(objects).filter((id) => id.startsWith('Job/'));
    expect(jobs(after)).toHaveLength(2);
    expect(jobs(after).filter((id) => jobs(before).includes(id))).toEqual([]);
    expect(inputs(after, 'users').annotations['groundwork/inputs']).not.toBe(inputs(before, 'users').annotations['groundwork/inputs']);
  });
  test('leaves the server alone', () => {
    expect(after['StatefulSet/postgres']).toEqual(before['StatefulSet/postgres']);
  });
});

describe('the server', () => {
  test('is killed when it does not respond, not when it refuses connections while it recovers', () => {
    const server = objectsOf(system(two))['StatefulSet/postgres'];
    const [shell, flag, script] = at(server, `${container}.livenessProbe.exec.command`) as [string, string, string];
    const pgIsready = (code: number) => spawnSync(shell, [flag, `pg_isready() { return ${code}; }; ${script}`]).status;
    expect([0, 1, 2].map(pgIsready)).toEqual([0, 0, 1]);
  });

  test.each([
    [Size.mebibytes(512), '128MB', '384MB', '32MB'],
    [Size.gibibytes(8), '2048MB', '6144MB', '512MB'],
    [Size.gibibytes(64), '16384MB', '49152MB', '2048MB'],
  ])('takes its caches from its memory limit: %j', (memory, shared, cache, maintenance) => {
    const args = at(objectsOf(system({ ...two, postgres: { resources: { cpu: Cpu.units(1), memory } } }))['StatefulSet/postgres'], `${container}.args`);
    expect(args).toEqual(expect.arrayContaining([`shared_buffers=${shared}`, `effective_cache_size=${cache}`, `maintenance_work_mem=${maintenance}`]));
  });

  test('keeps its volume when the StatefulSet goes, and can be evicted so that nodes can be drained', () => {
    const objects = objectsOf(system(two));
    expect(at(objects['StatefulSet/postgres'], 'spec.persistentVolumeClaimRetentionPolicy')).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    expect(at(objects['PodDisruptionBudget/postgres'], 'spec.maxUnavailable')).toBe(1);
  });

  test('states a guarantee sheet, in which it does not claim to outlive its node', () => {
    expect(() => system({ ...two, platform: { demands: { postgres: { guarantees: ['survives-node-loss'] } } } })).toThrow(/doesn't keep it/);
  });
});

describe('Postgres refuses', () => {
  test.each<[string, SystemProps['postgres'] & object, string]>([
    ['a volume that its own log may fill', { storage: Size.mebibytes(100) }, 'postgres › storage'],
    ['memory with which it does not start', { resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(16) } }, 'resources › memory'],
    ['no CPU', { resources: { cpu: Cpu.millis(0), memory: Size.gibibytes(1) } }, 'resources › cpu'],
    ['too few connections', { maxConnections: 5 }, 'out of range 10–1000'],
    ['half a generation of passwords', { passwordGeneration: 1.5 }, 'postgres › passwordGeneration'],
    ['half a connection', { maxConnections: 50.5 }, 'out of range 10–1000'],
  ])('%s', (_, props, part) => {
    expect(() => system({ ...two, postgres: props })).toThrow(expect.objectContaining({ name: 'Mistake', message: expect.stringContaining(part) }));
  });

  test('pools that together open more connections than it takes, and says whose', () => {
    const props: SystemProps = { contracts: [owner('users', 20), owner('orders', 10)], postgres: { maxConnections: 50 }, service: { scaling: { min: 2 } } };
    expect(() => objectsOf(system(props))).toThrow(/takes 50 connections.*open 95: orders 30, users 60, upkeep 5/);
  });

  test('a database of a name that it has for itself', () => {
    const taken = contract('shop', { owns: [postgres({ migrations: 'm', name: 'template1' })] }) as Contract;
    expect(() => system({ contracts: [taken] })).toThrow(/a database 'template1' is PostgreSQL's own/);
  });

  test('a service that owns two databases', () => {
    const greedy = contract('shop', { owns: [postgres({ migrations: 'm' }), postgres({ migrations: 'n', name: 'second' })] }) as Contract;
    expect(() => system({ contracts: [greedy] })).toThrow(/owns two databases/);
  });
});
