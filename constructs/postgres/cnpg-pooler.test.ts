import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contract, contract, postgres } from '@groundwork/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Pooler } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1';
import { App, Chart } from 'cdk8s';
import pg from 'pg';
import { parse } from 'yaml';
import { startPgBouncer, type TestPgBouncer } from '../../test/support/pgbouncer.ts';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { at, objectsOf } from '../../test/support/system.ts';
import { until } from '../../test/support/until.ts';
import { watched } from '../../test/support/watched.ts';
import { CnpgPostgres, Cpu, Graph, type Manifest, Microservice, Platform, Size } from '../index.ts';
import type { Pooling } from './cnpg-pooler.ts';
import { POOLER_METRICS } from './metrics.ts';

const users = contract('users', { owns: [postgres({ migrations: 'services/users/migrations' })] }) as Contract;

function objects(pooler: Pooling = {}, maxConnections = 100, service = users): Readonly<Record<string, Manifest>> {
  const app = new App();
  const quota = { cpu: Cpu.units(50), memory: Size.gibibytes(50), storage: Size.gibibytes(500), pods: 50 };
  const platform = new Platform(new Chart(app, 'platform'), 'platform', {
    environment: 'test',
    system: 'town',
    graph: new Graph([service]),
    quota,
  });
  const [image, storage] = ['registry.example/postgresql:17.2', Size.gibibytes(20)];
  new CnpgPostgres(new Chart(app, 'postgres'), 'postgres', {
    platform,
    image,
    exporterImage: 'e:1',
    storage,
    maxConnections,
    pooler,
  });
  new Microservice(new Chart(app, 'service'), service.name, {
    contract: service,
    platform,
    image: 'registry.example/service:1',
    scaling: { min: 2, max: 12 },
  });
  return objectsOf(app);
}

/** Scrape jobs of a Prometheus in the environment, with rules and dashboards. */
function scraped(pooler: Pooling | null = {}) {
  const { app, platform } = watched({}, [users]);
  const [image, storage] = ['registry.example/postgresql:17.2', Size.gibibytes(20)];
  new CnpgPostgres(new Chart(app, 'postgres'), 'postgres', {
    platform,
    image,
    exporterImage: 'e:1',
    storage,
    ...(pooler && { pooler }),
  });
  const all = objectsOf(app);
  const files = at(all['ConfigMap/prometheus'], 'data') as Record<string, string>;
  const config = parse(files['prometheus.yml'] as string) as { scrape_configs: readonly { job_name: string }[] };
  return { objects: all, scrapes: config.scrape_configs };
}
const made = objects();
const pooler = made['Pooler/postgres-pooler'] as Manifest;
const bouncer = at(pooler, 'spec.pgbouncer') as {
  authQuery: string;
  poolMode: string;
  pg_hba: string[];
  parameters: Record<string, string>;
};

describe('the pooler', () => {
  test("matches CloudNativePG's schema", () => {
    expect(() => new Pooler(pooler as never).validate()).not.toThrow();
  });
  test('accepts the clients of all pods in one instance, and opens few connections to the primary', () => {
    expect(bouncer.parameters).toMatchObject({ max_client_conn: '140', default_pool_size: '10' });
    expect(() => objects({}, 30)).not.toThrow();
    expect(() => objects({ connections: 20 }, 30)).toThrow(/maxConnections is 30/);
  });
  test('is what a service connects to, with a role certificate; migrations connect to the primary with their own', () => {
    const { containers, initContainers } = at(made['Deployment/users'], 'spec.template.spec') as {
      containers: [{ env: { name: string; value: string }[] }];
      initContainers: [{ env: { name: string; value: string }[] }];
    };
    const env = ({ env }: { env: { name: string; value: string }[] }) =>
      Object.fromEntries(
        env.filter(({ name }) => name.startsWith('POSTGRES_')).map(({ name, value }) => [name, value]),
      );
    expect(env(containers[0])).toMatchObject({
      POSTGRES_HOST: 'postgres-pooler.town-test.svc.cluster.local',
      POSTGRES_USER: 'users_app',
      POSTGRES_IDENTITY_DIR: '/var/run/groundwork/postgres-identity',
    });
    expect(env(initContainers[0])).toMatchObject({
      POSTGRES_HOST: 'postgres-rw.town-test.svc.cluster.local',
      POSTGRES_USER: 'users_owner',
      POSTGRES_IDENTITY_DIR: '/var/run/groundwork/migrations-identity',
    });
    expect(at(made['Certificate/users-postgres'], 'spec.commonName')).toBe('users_app');
  });
  test("is selected by the operator's label, since the operator overrides the application label of its pods", () => {
    const pods = { matchLabels: { 'cnpg.io/poolerName': 'postgres-pooler' } };
    for (const name of ['postgres-pooler', 'postgres-pooler-from-users'])
      expect(at(made[`NetworkPolicy/${name}`], 'spec.podSelector')).toEqual(pods);
    expect(at(made['PodDisruptionBudget/postgres-pooler'], 'spec.selector')).toEqual(pods);
    expect(JSON.stringify(at(made['NetworkPolicy/postgres'], 'spec.ingress'))).toContain(JSON.stringify(pods));
    expect(JSON.stringify(at(made['NetworkPolicy/users'], 'spec.egress'))).toContain(JSON.stringify(pods));
  });
  test('serves and logs in with one certificate, whose renewal the operator notices', () => {
    const secret = { name: 'postgres-pooler-identity' };
    expect(at(pooler, 'spec.pgbouncer')).toMatchObject({
      serverTLSSecret: secret,
      clientTLSSecret: secret,
      clientCASecret: secret,
    });
    expect(at(made['Certificate/postgres-pooler-identity'], 'spec')).toMatchObject({
      commonName: 'pooler',
      dnsNames: expect.arrayContaining(['postgres-pooler.town-test.svc.cluster.local']),
      usages: expect.arrayContaining(['client auth', 'server auth']),
      secretTemplate: { labels: { 'cnpg.io/reload': '' } },
    });
  });
  test('reserves the resources of its pods, including the init container that the operator adds', () => {
    const { containers, initContainers } = at(pooler, 'spec.template.spec') as Record<
      string,
      [{ name: string; resources: object }]
    >;
    expect(initContainers).toEqual([{ name: 'bootstrap-controller', resources: containers?.[0].resources }]);
  });
  test('exposes metrics to Prometheus only', () => {
    const { scrapes, objects: all } = scraped();
    const addresses = {
      names: ['metrics-postgres-pooler.town-test.svc.cluster.local'],
      type: 'A',
      port: 9127,
      refresh_interval: '15s',
    };
    expect(scrapes.find(({ job_name }) => job_name === 'postgres-pooler')).toEqual({
      job_name: 'postgres-pooler',
      dns_sd_configs: [addresses],
    });
    expect(at(all['Service/metrics-postgres-pooler'], 'spec.selector')).toEqual({
      'cnpg.io/poolerName': 'postgres-pooler',
    });
    const { podSelector, ingress } = at(all['NetworkPolicy/metrics-of-postgres-pooler'], 'spec') as {
      podSelector: object;
      ingress: object[];
    };
    expect(podSelector).toEqual({ matchLabels: { 'cnpg.io/poolerName': 'postgres-pooler' } });
    const prometheus = {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/part-of': 'town' } },
    };
    expect(ingress).toEqual([{ from: [prometheus], ports: [{ protocol: 'TCP', port: 9127 }] }]);
  });
  test('has scrape targets, rules and dashboards only if it exists', () => {
    expect(scraped(null).scrapes.map(({ job_name }) => job_name)).not.toContain('postgres-pooler');
  });
  test('is bypassed by a service that keeps sessions', () => {
    const reports = contract('reports', {
      owns: [postgres({ migrations: 'services/reports/migrations', sessions: true })],
    }) as Contract;
    const past = objects({}, 200, reports);
    expect(JSON.stringify(at(past['Deployment/reports'], 'spec.template.spec'))).not.toContain('pooler');
    expect(past['Certificate/reports-postgres']).toBeUndefined();
    expect(at(past['Cluster/postgres'], 'spec.postgresql.pg_ident')).toContain(
      'identity reports.town-test reports_app',
    );
  });
  test.each<[Pooling, RegExp]>([
    [{ instances: 1 }, /pooler › instances[\s\S]*omit it for 2/],
    [{ connections: 0 }, /pooler › connections[\s\S]*omit it for 10/],
  ])('rejects %j', (pooling, message) => expect(() => objects(pooling)).toThrow(message));
});

describe('a real PgBouncer with these settings, in front of a PostgreSQL with these rules', () => {
  let server: TestPostgres;
  let pooled: TestPgBouncer;
  beforeAll(async () => {
    const spec = at(made['Cluster/postgres'], 'spec.postgresql') as { pg_hba: string[]; pg_ident: string[] };
    // Before 1.19, PgBouncer runs its auth query in the client's database, not in `postgres`.
    const deployTimeSecret = ['hostssl late pooler all cert', 'hostssl late late_app all cert map=identity'];
    server = await startPostgres({
      rules: ['hostssl users pooler all cert', ...deployTimeSecret, ...spec.pg_hba],
      map: [...spec.pg_ident, 'identity pooler late_app'],
    });
    await server.database('users');
    await asAdmin('CREATE ROLE pooler LOGIN');
    const { authQuery, poolMode, pg_hba: rules, parameters } = bouncer;
    const [serves, login] = [server.authority.issue('postgres-pooler.town-test'), server.authority.issue('pooler')];
    // In place of the operator, which uses a socket: a user that reads statistics must be in a file.
    writeFileSync(join(serves, 'users.txt'), '"observer" ""\n');
    pooled = await startPgBouncer({
      server: server.port,
      poolMode,
      authUser: 'pooler',
      authQuery,
      rules,
      parameters: { ...parameters, stats_users: 'observer', auth_file: 'client-tls/users.txt' },
      serves,
      login,
    });
  }, 120_000);
  afterAll(async () => {
    await pooled?.stop();
    await server?.remove();
  });

  const asAdmin = async (sql: string): Promise<void> => {
    const admin = new pg.Client(server.admin());
    await admin.connect();
    await admin.query(sql);
    await admin.end();
  };
  const as = async <T>(
    identity: string | undefined,
    user: string,
    work: (client: pg.Client) => Promise<T>,
    { port = pooled.port, database = 'users' } = {},
  ): Promise<T> => {
    const folder = server.authority.issue(identity ?? 'users_app');
    const read = (file: string) => readFileSync(join(folder, file), 'utf8');
    const own = identity === undefined ? {} : { cert: read('tls.crt'), key: read('tls.key') };
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user,
      database,
      statement_timeout: 10_000,
      ssl: { ca: read('ca.crt'), minVersion: 'TLSv1.3', ...own },
    });
    client.on('error', () => {});
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const whoAmI = async (client: pg.Client) => (await client.query('SELECT current_user AS me')).rows[0].me;

  test('accepts a service with its role certificate, as that role', async () => {
    expect(await as('users_app', 'users_app', whoAmI)).toBe('users_app');
  });
  test('accepts a service that connected before its role existed, and before the role could log in', async () => {
    const ask = () => as('late_app', 'late_app', whoAmI, { database: 'late' });
    await asAdmin('CREATE DATABASE late');
    await expect(ask()).rejects.toThrow(/no such user/);
    await asAdmin('CREATE ROLE late_app');
    await expect(ask()).rejects.toThrow(/no such user/);
    await asAdmin('ALTER ROLE late_app LOGIN');
    await until(() =>
      ask().then(
        (me) => me === 'late_app',
        () => false,
      ),
    ); // PgBouncer pauses after a failed login
  }, 60_000);
  test('serves more clients at once than it has connections', async () => {
    const pid = async (client: pg.Client) =>
      (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number;
    // Each queries while all clients before it are still connected.
    const ask = async (clients: number): Promise<number[]> =>
      clients === 0
        ? []
        : as('users_app', 'users_app', async (client) => [
            await pid(client),
            ...(await ask(clients - 1)),
            await pid(client),
          ]);
    expect(new Set(await ask(15)).size).toBeLessThanOrEqual(10);
  });
  test('reports each column that our metrics are derived from', async () => {
    const columns = async (what: string) =>
      as(
        'observer',
        'observer',
        async (client) => (await client.query(`SHOW ${what}`)).fields.map(({ name }) => name),
        { database: 'pgbouncer' },
      );
    const metrics = Object.values(POOLER_METRICS).map((metric) => metric.replace('cnpg_pgbouncer_', ''));
    const [pools, stats] = ['pools_', 'stats_'].map((prefix) =>
      metrics.filter((name) => name.startsWith(prefix)).map((name) => name.replace(prefix, '')),
    );
    expect(await columns('POOLS')).toEqual(expect.arrayContaining(['database', 'user', ...(pools as string[])]));
    expect(await columns('STATS')).toEqual(expect.arrayContaining(['database', ...(stats as string[])]));
  });
  test.each([
    [
      'a service with the certificate of its account, which does not name a role',
      'users.town-test',
      'users_app',
      /certificate authentication failed/,
    ],
    ['a service as another role', 'users_app', 'users_owner', /certificate authentication failed/],
    ['a client without a certificate', undefined, 'users_app', /certificate required/],
    ['the superuser', 'users_app', 'postgres', /certificate authentication failed/],
    ['a role that does not exist', 'missing_app', 'missing_app', /no such user/],
  ])('rejects %s', async (_, identity, user, refusal) => {
    await expect(as(identity, user, whoAmI)).rejects.toThrow(refusal);
  });
  test('is the only path for the role: the server rejects the service itself', async () => {
    await expect(as('users_app', 'users_app', whoAmI, { port: server.port })).rejects.toThrow(
      /certificate authentication failed/,
    );
  });
});
