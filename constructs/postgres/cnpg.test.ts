import { type Contract, contract, postgres } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { Cluster, ScheduledBackup } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1';
import { App, Chart } from 'cdk8s';
import { at, fixedImages, objectsOf } from '../../test/support/system.ts';
import {
  CnpgPostgres,
  type CnpgPostgresProps,
  Cpu,
  Graph,
  type Manifest,
  Microservice,
  Platform,
  type PlatformProps,
  Postgres,
  Size,
} from '../index.ts';

const users = contract('users', { owns: [postgres({ migrations: 'services/users/migrations' })] }) as Contract;
const backups = {
  repository: {
    kind: 'bucket',
    bucket: 'town',
    endpoint: 's3.example:9000',
    region: 'north',
    networks: ['203.0.113.0/24'],
  },
} as const;

function platformOf(app: App, props: Partial<PlatformProps> = {}): Platform {
  const quota = { cpu: Cpu.units(50), memory: Size.gibibytes(50), storage: Size.gibibytes(500), pods: 50 };
  return new Platform(new Chart(app, 'platform'), 'platform', {
    environment: 'test',
    system: 'town',
    graph: new Graph([users]),
    quota,
    ...props,
  });
}
function serve(app: App, platform: Platform): Readonly<Record<string, Manifest>> {
  new Microservice(new Chart(app, 'users'), 'users', {
    contract: users,
    platform,
    image: fixedImages.service('users'),
  });
  return objectsOf(app);
}
function cnpg(
  props: Partial<CnpgPostgresProps> = {},
  platformProps: Partial<PlatformProps> = {},
): Readonly<Record<string, Manifest>> {
  const app = new App();
  const platform = platformOf(app, platformProps);
  const storage = Size.gibibytes(20);
  new CnpgPostgres(new Chart(app, 'postgres'), 'postgres', {
    platform,
    image: 'registry.example/postgresql:17.2',
    exporterImage: 'e:1',
    storage,
    ...props,
  });
  return serve(app, platform);
}
function builtin(): Readonly<Record<string, Manifest>> {
  const app = new App();
  const platform = platformOf(app);
  new Postgres(new Chart(app, 'postgres'), 'postgres', {
    platform,
    image: 'p:1',
    exporterImage: 'e:1',
    storage: Size.gibibytes(20),
  });
  return serve(app, platform);
}

describe("CloudNativePG's own schemas", () => {
  const objects = cnpg({ backups, storageClass: 'fast' });
  const of = (kind: string, name: string) => objects[`${kind}/${name}`] as never;

  test('accept the Cluster and the ScheduledBackup', () => {
    expect(() => new Cluster(of('Cluster', 'postgres')).validate()).not.toThrow();
    expect(() => new ScheduledBackup(of('ScheduledBackup', 'postgres-backup')).validate()).not.toThrow();
  });
  test('reject them if a field has another type', () => {
    const { spec, ...rest } = of('Cluster', 'postgres') as { spec: object };
    expect(() => new Cluster({ ...rest, spec: { ...spec, instances: 'three' } } as never).validate()).toThrow(
      /instances/,
    );
  });
});

describe('the cluster', () => {
  const { spec } = cnpg({ backups })['Cluster/postgres'] as Manifest & { spec: Record<string, unknown> };

  test('acknowledges a commit once a replica on another node has it', () => {
    expect(spec.instances).toBe(3);
    expect(at(spec, 'postgresql.synchronous')).toEqual({
      method: 'any',
      number: 1,
      dataDurability: 'required',
      failoverQuorum: true,
    });
    expect(at(spec, 'affinity.podAntiAffinityType')).toBe('required');
    expect(at(spec, 'topologySpreadConstraints')).toMatchObject([
      { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ]);
  });
  test('limits the log that it keeps for a lost replica to a fifth of the volume', () => {
    expect(at(spec, 'postgresql.parameters.max_slot_wal_keep_size')).toMatch(/^[1-9]\d*MB$/);
  });
  test('accepts services by certificate, and ends its rules in reject, before the password rule of the operator', () => {
    const rules = at(spec, 'postgresql.pg_hba') as string[];
    expect(rules).toContain('hostssl users users_app all cert map=identity');
    expect(rules.at(-1)).toBe('host all all all reject');
    expect(at(spec, 'postgresql.pg_ident')).toEqual(
      expect.arrayContaining(['identity users.town-test users_app', 'identity users-migrations.town-test users_owner']),
    );
    expect(at(spec, 'enableSuperuserAccess')).toBe(false);
  });
  test('trusts our authority in both directions', () => {
    const objects = cnpg();
    expect(at(objects['Certificate/postgres-replication'], 'spec.commonName')).toBe('streaming_replica');
    expect(at(objects['Certificate/postgres-replication'], 'spec.issuerRef')).toEqual(
      at(objects['Certificate/postgres-identity'], 'spec.issuerRef'),
    );
    expect(at(objects['Certificate/postgres-identity'], 'spec.dnsNames')).toContain(
      'postgres-rw.town-test.svc.cluster.local',
    );
    for (const name of ['postgres-replication', 'postgres-identity']) {
      expect(at(objects[`Certificate/${name}`], 'spec.secretTemplate.labels')).toEqual({ 'cnpg.io/reload': '' });
    }
  });
  test('uses our exporter, with the same metric names as the builtin back end', () => {
    const objects = cnpg();
    expect(at(objects['Cluster/postgres'], 'spec.monitoring.enablePodMonitor')).toBe(false);
    expect(at(objects['Deployment/postgres-exporter'], 'spec.template.spec.containers.0.env.0.value')).toMatch(
      /user=monitor .*sslmode=verify-full/,
    );
  });
  test('archives with the plugin, and has egress only to the bucket, the API server and itself', () => {
    const objects = cnpg({ backups });
    expect(spec.plugins).toEqual([
      {
        name: 'barman-cloud.cloudnative-pg.io',
        isWALArchiver: true,
        parameters: { barmanObjectName: 'postgres-backup' },
      },
    ]);
    expect(at(objects['ScheduledBackup/postgres-backup'], 'spec.schedule')).toBe('0 15 1 * * *');
    expect(at(objects['Secret/postgres-backup'], 'stringData')).toMatchObject({
      key: '<<secret:given:postgres/backup/key>>',
    });
    expect(at(objects['ObjectStore/postgres-backup'], 'spec.configuration.endpointCA')).toBeUndefined();
    const own = cnpg({ backups: { repository: { ...backups.repository, authority: '-----BEGIN CERTIFICATE-----' } } });
    expect(at(own['ObjectStore/postgres-backup'], 'spec.configuration.endpointCA')).toEqual({
      name: 'postgres-backup',
      key: 'ca.crt',
    });
    const egress = at(objects['NetworkPolicy/postgres'], 'spec.egress') as object[];
    expect(egress).toHaveLength(3);
    expect(egress.at(-1)).toEqual({
      to: [{ ipBlock: { cidr: '203.0.113.0/24' } }],
      ports: [{ protocol: 'TCP', port: 9000 }],
    });
  });
});

test('a service has the same environment (except for the host), roles and certificates as with the builtin back end', () => {
  const pods = [cnpg(), builtin()].map((objects) =>
    JSON.stringify(at(objects['Deployment/users'], 'spec.template.spec')).replaceAll(
      'postgres-rw.town-test',
      'postgres.town-test',
    ),
  );
  expect(pods[0]).toBe(pods[1]);
  const sql = [cnpg(), builtin()].map((objects) => at(objects['ConfigMap/postgres-users'], 'data'));
  expect(sql[0]).toEqual(sql[1]);
});

test('keeps the requirements of staging and production, and declares what it does not keep', () => {
  const requirement = (...guarantees: NonNullable<PlatformProps['requirements']>[string]['guarantees']) => ({
    requirements: { postgres: { guarantees } },
  });
  expect(() =>
    cnpg({ backups }, requirement('survives-node-loss', 'point-in-time-recovery', 'online-resize', 'tls-rotation')),
  ).not.toThrow();
  expect(() => cnpg({}, requirement('point-in-time-recovery'))).toThrow(/does not keep it/);
  expect(() => cnpg({ backups }, requirement('rolls-without-downtime'))).toThrow(/does not keep it/);
});

test.each<[string, Partial<CnpgPostgresProps>, RegExp]>([
  ['one instance, with which no commit returns', { instances: 1 }, /instances[\s\S]*omit it for 3/],
  ['another major version', { majorVersion: 16 }, /the image is PostgreSQL 17, but the data is from PostgreSQL 16/],
  ['a schedule with seconds', { backups: { ...backups, schedule: '0 15 1 * * *' } }, /backups › schedule/],
  [
    'a sidecar that is too small to complete a backup',
    { backups: { ...backups, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(192) } } },
    /memory must be at least 512Mi, got 192Mi: the kernel would kill each base backup/,
  ],
  ['backups for zero days', { backups: { ...backups, keepDays: 0 } }, /backups › keepDays/],
  ['pools that exceed its connections', { maxConnections: 20 }, /maxConnections is 20/],
])('rejects %s', (_, props, message) => {
  expect(() => cnpg(props)).toThrow(message);
});
