import { spawnSync } from 'node:child_process';
import { type Contract, contract, postgres } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { at, objectsOf, type SystemProps, system } from '../../test/support/system.ts';
import { type Backups, type BucketRepository, Cpu, Duration, patch, Size } from '../index.ts';

const owner = (name: string, poolSize?: number): Contract =>
  contract(name, {
    owns: [postgres({ migrations: `services/${name}/migrations`, ...(poolSize === undefined ? {} : { poolSize }) })],
  }) as Contract;
const two: SystemProps = { contracts: [owner('users'), owner('order-history')] };
const bucket: BucketRepository = { kind: 'bucket', bucket: 'town', endpoint: 's3.example', region: 'north' };
const container = 'spec.template.spec.containers.0';

describe('a service that owns a database', () => {
  const objects = objectsOf(system(two));

  test('receives its address and role', () => {
    expect(at(objects['Deployment/order-history'], `${container}.env`)).toEqual(
      expect.arrayContaining([
        { name: 'POSTGRES_HOST', value: 'postgres.town-test.svc.cluster.local' },
        { name: 'POSTGRES_DATABASE', value: 'order_history' },
        { name: 'POSTGRES_USER', value: 'order_history_app' },
        { name: 'POSTGRES_POOL_SIZE', value: '10' },
      ]),
    );
  });

  test('migrates as the owner role before it starts, and runs as the app role', () => {
    const init = at(objects['Deployment/order-history'], 'spec.template.spec.initContainers.0');
    expect(init).toMatchObject({ name: 'migrate', command: ['node', 'services/order-history/migrate.ts'] });
    expect(at(init, 'env')).toContainEqual({ name: 'POSTGRES_USER', value: 'order_history_owner' });
    expect(at(init, 'env')).toContainEqual({
      name: 'POSTGRES_IDENTITY_DIR',
      value: '/var/run/groundwork/migrations-identity',
    });
  });

  test("has its migrations' certificate only in the init container", () => {
    const mounts = (container: string) =>
      at(objects['Deployment/order-history'], `spec.template.spec.${container}.volumeMounts`) as {
        mountPath: string;
      }[];
    const folder = expect.objectContaining({ mountPath: '/var/run/groundwork/migrations-identity' });
    expect(mounts('initContainers.0')).toContainEqual(folder);
    expect(mounts('containers.0')).not.toContainEqual(folder);
    expect(at(objects['Certificate/order-history-migrations-identity'], 'spec.commonName')).toBe(
      'order-history-migrations.town-test',
    );
  });

  test('has no password anywhere, and nothing of another service', () => {
    expect(Object.keys(objects).filter((id) => id.startsWith('Secret/'))).toEqual([]);
    expect(JSON.stringify(objects)).not.toMatch(/PASSWORD(?! NULL)/);
    expect(JSON.stringify(objects['Deployment/users'])).not.toContain('order-history');
  });

  test('logs in with its certificate, to its database as its role, and there is no other access', () => {
    const { 'pg_hba.conf': hba, 'pg_ident.conf': ident } = at(objects['ConfigMap/postgres-access'], 'data') as Record<
      string,
      string
    >;
    const rules = (hba as string).trim().split('\n');
    expect(rules.filter((rule) => rule.includes('users'))).toEqual([
      'hostssl users users_app all cert map=identity',
      'hostssl users users_owner all cert map=identity',
    ]);
    expect(rules.filter((rule) => !/ (cert|peer|reject)( |$)/.test(rule))).toEqual([]);
    expect(rules.slice(-2)).toEqual(['local all all reject', 'host all all all reject']);
    expect((ident as string).split('\n').filter((line) => line.startsWith('identity users'))).toEqual([
      'identity users.town-test users_app',
      'identity users-migrations.town-test users_owner',
    ]);
  });

  test('is the only client that may connect to the server, besides its provisioning Job', () => {
    const from = at(objects['NetworkPolicy/postgres-from-users'], 'spec.ingress.0.from') as {
      podSelector: { matchLabels: Record<string, string> };
    }[];
    expect(from.map(({ podSelector }) => podSelector.matchLabels['app.kubernetes.io/name'])).toEqual([
      'users',
      'postgres-users',
    ]);
    expect(at(objects['NetworkPolicy/postgres'], 'spec')).not.toHaveProperty('ingress');
  });

  test('may change rows, but not tables: only the owner role owns the schema', () => {
    const sql = at(objects['ConfigMap/postgres-order-history'], 'data') as Record<string, string>;
    expect(sql['provision.sql']).toContain('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO order_history_app;');
    expect(sql['provision.sql']).toContain('REVOKE ALL ON DATABASE order_history FROM PUBLIC;');
  });
});

describe('the provisioning Job', () => {
  const jobOf = (props: SystemProps) =>
    Object.keys(objectsOf(system(props))).find((id) => id.startsWith('Job/postgres-users-'));

  test('keeps its name for the same inputs, so that it does not run again', () => {
    expect(jobOf(two)).toBe(jobOf({ contracts: [owner('users')] }));
  });
  test('has another name when its image changes, since a Job can not be changed', () => {
    expect(jobOf({ ...two, postgres: { image: 'registry.example/postgres:2' } })).not.toBe(jobOf(two));
  });
});

test('a provisioning Job that is patched has another name, so that it is another Job', () => {
  const names = [undefined, 'high', 'low'].map((value) => {
    const app = system({ contracts: [owner('users')] });
    if (value !== undefined)
      patch(app, 'Job/postgres-users', { op: 'add', path: '/spec/template/spec/priorityClassName', value });
    return Object.keys(objectsOf(app)).find((id) => id.startsWith('Job/postgres-users-'));
  });
  expect(new Set(names)).toHaveProperty('size', 3);
});

describe('the server', () => {
  test('is restarted if it does not respond, but not while it recovers and rejects connections', () => {
    const server = objectsOf(system(two))['StatefulSet/postgres'];
    const [shell, flag, script] = at(server, `${container}.livenessProbe.exec.command`) as [string, string, string];
    const pgIsready = (code: number) => spawnSync(shell, [flag, `pg_isready() { return ${code}; }; ${script}`]).status;
    expect([0, 1, 2].map(pgIsready)).toEqual([0, 0, 1]);
  });

  test.each([
    [Size.mebibytes(512), '128MB', '384MB', '32MB'],
    [Size.gibibytes(8), '2048MB', '6144MB', '512MB'],
    [Size.gibibytes(64), '16384MB', '49152MB', '2048MB'],
  ])('derives its caches from its memory limit: %j', (memory, shared, cache, maintenance) => {
    const args = at(
      objectsOf(system({ ...two, postgres: { resources: { cpu: Cpu.units(1), memory } } }))['StatefulSet/postgres'],
      `${container}.args`,
    );
    expect(args).toEqual(
      expect.arrayContaining([
        `shared_buffers=${shared}`,
        `effective_cache_size=${cache}`,
        `maintenance_work_mem=${maintenance}`,
      ]),
    );
  });

  test('keeps its volume if the StatefulSet is deleted, and can be evicted so that nodes can be drained', () => {
    const objects = objectsOf(system(two));
    expect(at(objects['StatefulSet/postgres'], 'spec.persistentVolumeClaimRetentionPolicy')).toEqual({
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
    expect(at(objects['PodDisruptionBudget/postgres'], 'spec.maxUnavailable')).toBe(1);
  });

  test('declares guarantees, without survival of its node', () => {
    expect(() =>
      system({ ...two, platform: { requirements: { postgres: { guarantees: ['survives-node-loss'] } } } }),
    ).toThrow(/does not keep it/);
  });
});

describe('backups', () => {
  const objects = (repository: Backups['repository']) =>
    objectsOf(system({ ...two, postgres: { backups: { repository, archiveTimeout: Duration.minutes(5) } } }));
  const conf = (repository: Backups['repository']) =>
    (at(objects(repository)['ConfigMap/postgres-scripts'], 'data') as Record<string, string>)['pgbackrest.conf'];

  test('are full and incremental, and run one at a time', () => {
    for (const [name, schedule] of [
      ['full', '15 1 * * 0'],
      ['incremental', '15 1 * * 1-6'],
    ]) {
      expect(at(objects(bucket)[`CronJob/postgres-backup-${name}`], 'spec')).toMatchObject({
        schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        suspend: false,
      });
    }
    expect(at(objects(bucket)['CronJob/postgres-restore'], 'spec.suspend')).toBe(true);
    expect(at(objects(bucket)['StatefulSet/postgres'], `${container}.args`)).toContain('archive_timeout=300s');
  });

  test('in a bucket are encrypted, and its keys are deploy-time secrets in files', () => {
    expect(conf(bucket)).toContain('repo1-cipher-type=aes-256-cbc');
    expect(conf(bucket)).not.toMatch(/cipher-pass|s3-key/);
    expect(at(objects(bucket)['Secret/postgres-backup'], 'stringData')).toEqual({
      key: '<<secret:given:postgres/backup/key>>',
      'key-secret': '<<secret:given:postgres/backup/key-secret>>',
      passphrase: '<<secret:key:postgres/backup/passphrase>>',
    });
    expect(
      at(
        objects({ ...bucket, networks: ['203.0.113.0/24'] })['NetworkPolicy/postgres-from-postgres-backup'],
        'spec.egress',
      ),
    ).toEqual([{ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ protocol: 'TCP', port: 443 }] }]);
  });

  test('in a bucket with a private authority trust that authority', () => {
    const authority = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';
    expect(conf({ ...bucket, authority })).toContain('repo1-storage-ca-file=/var/run/groundwork/backup/ca.crt');
    expect(at(objects({ ...bucket, authority })['Secret/postgres-backup'], 'stringData')).toMatchObject({
      'ca.crt': authority,
    });
    expect(conf(bucket)).not.toContain('ca-file=/var/run/groundwork/backup');
  });

  test('on a volume mount it in the pods that write it, on one node, and have no egress', () => {
    const made = objects({ kind: 'volume', size: Size.gibibytes(20), storageClass: 'slow' });
    expect(at(made['PersistentVolumeClaim/postgres-backup'], 'spec')).toMatchObject({
      storageClassName: 'slow',
      resources: { requests: { storage: '20Gi' } },
    });
    const job = at(made['CronJob/postgres-backup-full'], 'spec.jobTemplate.spec.template.spec');
    expect(at(job, 'affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution')).toHaveLength(1);
    expect(at(made['NetworkPolicy/postgres-from-postgres-backup'], 'spec.egress')).toEqual([]);
  });

  test('are required for the guarantee of point-in-time recovery', () => {
    const requirements = { postgres: { guarantees: ['point-in-time-recovery', 'tested-restore'] as const } };
    expect(() => system({ ...two, platform: { requirements } })).toThrow(/does not keep it/);
    expect(() =>
      system({ ...two, platform: { requirements }, postgres: { backups: { repository: bucket } } }),
    ).not.toThrow();
  });
});

describe('Postgres rejects', () => {
  test.each<[string, SystemProps['postgres'] & object, string]>([
    ['a volume that the write-ahead log can fill', { storage: Size.mebibytes(100) }, 'postgres › storage'],
    [
      'memory that it does not start with',
      { resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(16) } },
      'resources › memory',
    ],
    ['no CPU', { resources: { cpu: Cpu.millis(0), memory: Size.gibibytes(1) } }, 'resources › cpu'],
    ['too few connections', { maxConnections: 5 }, 'from 10 to 1000, got 5'],
    [
      'an image of another major version',
      { majorVersion: 15, image: 'registry.example/postgres:18.1' },
      'the image is PostgreSQL 18, but the data is from PostgreSQL 15',
    ],
    [
      'backups that have less room than the data',
      { backups: { repository: { kind: 'volume', size: Size.gibibytes(1) } } },
      'backups › repository › size',
    ],
    [
      'a bucket that is a URL',
      { backups: { repository: { ...bucket, endpoint: 'https://s3.example/x' } } },
      'backups › repository › endpoint',
    ],
    [
      'the name of a file for an authority',
      { backups: { repository: { ...bucket, authority: 'ca.pem' } } },
      'backups › repository › authority',
    ],
    ['a malformed schedule', { backups: { repository: bucket, full: 'daily' } }, 'backups › full'],
    ['two backups at one time', { backups: { repository: bucket, full: '15 1 * * 1-6' } }, 'backups › incremental'],
    ['no retained backups', { backups: { repository: bucket, keep: 0 } }, 'backups › keep'],
    [
      'an archive that is a day behind',
      { backups: { repository: bucket, archiveTimeout: Duration.days(1) } },
      'backups › archiveTimeout',
    ],
    ['half a connection', { maxConnections: 50.5 }, 'from 10 to 1000, got 50.5'],
  ])('%s', (_, props, part) => {
    expect(() => system({ ...two, postgres: props })).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining(part) }),
    );
  });

  test.each([
    `@sha256:1${'a'.repeat(63)}`,
    `:stable@sha256:1${'a'.repeat(63)}`,
    ':2024.11-pg17',
    ':17.4-alpine',
    ':17',
  ])('no image that does not name another major version: %s', (tag) => {
    const image = `registry.example:5432/postgres${tag}`;
    expect(() => system({ ...two, postgres: { majorVersion: 17, image } })).not.toThrow();
  });

  test('pools that together exceed its connections, and lists them', () => {
    const props: SystemProps = {
      contracts: [owner('users', 20), owner('orders', 10)],
      postgres: { maxConnections: 50 },
      service: { scaling: { min: 2 } },
    };
    expect(() => objectsOf(system(props))).toThrow(
      /maxConnections is 50, but .* open 98: orders 30, users 60, platform 8/,
    );
  });

  test('a database with a reserved name', () => {
    const taken = contract('shop', { owns: [postgres({ migrations: 'm', name: 'template1' })] }) as Contract;
    expect(() => system({ contracts: [taken] })).toThrow(/'template1' is reserved by PostgreSQL/);
  });

  test('a service that owns two databases', () => {
    const greedy = contract('shop', {
      owns: [postgres({ migrations: 'm' }), postgres({ migrations: 'n', name: 'second' })],
    }) as Contract;
    expect(() => system({ contracts: [greedy] })).toThrow(/at most one database, got two/);
  });
});
