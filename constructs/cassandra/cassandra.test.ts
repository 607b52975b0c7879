import { type Contract, contract, Duration, cassandra as need } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { at, objectsOf } from '../../test/support/system.ts';
import { Cpu, Graph, Platform, Size } from '../index.ts';
import { Cassandra, type CassandraProps, K8ssandraCassandra, type K8ssandraCassandraProps } from './index.ts';

const history = contract('order-history', { owns: [need({ migrations: 'services/order-history/migrations' })] });
const quota = { cpu: Cpu.units(100), memory: Size.tebibytes(1), storage: Size.tebibytes(1), pods: 100 };
const backups = { repository: { bucket: 'town', endpoint: 's3.example', region: 'north' } };

function platformOf(app: App, contracts: readonly Contract[]): Platform {
  return new Platform(new Chart(app, 'platform'), 'platform', {
    environment: 'test',
    system: 'town',
    graph: new Graph(contracts),
    quota,
  });
}

function made(props: Partial<CassandraProps> = {}, contracts: readonly Contract[] = [history]) {
  const app = new App();
  const store = new Cassandra(new Chart(app, 'cassandra'), 'cassandra', {
    platform: platformOf(app, contracts),
    image: 'registry.example/cassandra:5.0.9',
    provisioner: 'registry.example/provisioner:1',
    storage: Size.gibibytes(10),
    ...props,
  });
  return { store, objects: () => objectsOf(app) };
}

function madeByOperator(props: Partial<K8ssandraCassandraProps> = {}) {
  const app = new App();
  const store = new K8ssandraCassandra(new Chart(app, 'cassandra'), 'cassandra', {
    platform: platformOf(app, [history]),
    provisioner: 'registry.example/provisioner:1',
    storage: Size.gibibytes(10),
    ...props,
  });
  return { store, objects: () => objectsOf(app) };
}

const planIn = (objects: ReturnType<typeof objectsOf>) =>
  JSON.parse(`${at(objects['ConfigMap/cassandra-provisioner'], 'data')?.['cassandra.json' as never]}`);

describe.each([
  ['Cassandra', made],
  ['K8ssandraCassandra', madeByOperator],
])('%s', (_, make) => {
  test('makes a keyspace with two roles for each service that owns one, by SPIFFE ID', () => {
    const roles = planIn(make().objects()).keyspaces[0].roles;
    expect(roles).toEqual([
      expect.objectContaining({
        name: 'order_history_owner',
        identity: 'spiffe://test.town/ns/town-test/sa/order-history-schema',
      }),
      {
        name: 'order_history_app',
        identity: 'spiffe://test.town/ns/town-test/sa/order-history',
        permissions: ['MODIFY', 'SELECT'],
      },
    ]);
  });

  test('gives services the same environment, and migrations a separate certificate', () => {
    const { store } = make();
    const { env, initSteps } = store.connect(
      { name: 'order-history', contract: history, selector: { app: 'x' } } as never,
      history.owns[0] as never,
    );
    expect(env).toMatchObject({
      CASSANDRA_KEYSPACE: 'order_history',
      CASSANDRA_DATACENTER: 'dc1',
      CASSANDRA_SERVER: 'spiffe://test.town/ns/town-test/sa/cassandra',
    });
    expect(initSteps?.[0]).toMatchObject({
      command: ['node', 'services/order-history/migrate.ts'],
      env: { CASSANDRA_IDENTITY_DIR: '/var/run/groundwork/schema-identity' },
    });
  });

  test('has three nodes, and three replicas of each row, which outlive the loss of one node', () => {
    const { store, objects } = make();
    expect(planIn(objects()).replicas).toBe(3);
    expect(store.guarantees).toMatchObject({ 'survives-node-loss': true, 'rolls-without-downtime': true });
  });

  test('one node keeps less', () => {
    const { store, objects } = make({ nodes: 1 });
    expect(planIn(objects()).replicas).toBe(1);
    expect(store.guarantees).toMatchObject({ 'survives-node-loss': false, 'rolls-without-downtime': false });
  });

  test.each([
    [{ nodes: 2 }, 'value-out-of-range'],
    [{ storage: Size.mebibytes(512) }, 'storage-invalid'],
    [{ resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(512) } }, 'resources-invalid'],
    [{ repairEvery: Duration.days(10) }, 'value-out-of-range'],
  ])('rejects %j', (props, code) => {
    expect(() => make(props)).toThrow(expect.objectContaining({ code }));
  });
});

test('nodes are apart, and drain before they stop', () => {
  const spec = at(made().objects()['StatefulSet/cassandra'], 'spec.template.spec');
  expect(at(spec as never, 'topologySpreadConstraints.1.whenUnsatisfiable')).toBe('DoNotSchedule');
  expect(at(spec as never, 'initContainers.0.startupProbe.httpGet.path')).toBe('/healthz/start');
  expect(`${at(spec as never, 'containers.0.command.2')}`).toContain('exec java');
});

test('requires certificates of nodes and of clients, and has no default superuser', () => {
  const yaml = `${at(made().objects()['ConfigMap/cassandra'], 'data')?.['cassandra.yaml' as never]}`;
  expect(yaml.match(/require_client_auth: true/g)).toHaveLength(2);
  expect(yaml).toContain('role_manager: groundwork.cassandra.ProvisionedRoleManager');
  expect(yaml).toContain('trusted_peer_identities: spiffe://test.town/ns/town-test/sa/cassandra');
});

test.each([
  ['two keyspaces', [need({ migrations: 'a/b' }), need({ migrations: 'a/b', name: 'second' })], 'database-duplicate'],
  ['a reserved name', [need({ migrations: 'a/b', name: 'system-auth' })], 'name-reserved'],
])('rejects a contract with %s', (_, owns, code) => {
  expect(() => made({}, [contract('shelf', { owns })]).objects()).toThrow(expect.objectContaining({ code }));
});

test('the operator gets racks by zone, backups each day, and keeps its own roles', () => {
  const objects = madeByOperator({ zones: ['a', 'b', 'c'], backups }).objects();
  const spec = at(objects['K8ssandraCluster/cassandra'], 'spec');
  expect(at(spec as never, 'cassandra.racks.1')).toEqual({
    name: 'b',
    nodeAffinityLabels: { 'topology.kubernetes.io/zone': 'b' },
  });
  expect(at(spec as never, 'medusa.clientEncryptionStores.truststoreSecretRef')).toEqual({
    name: 'cassandra-identity',
    key: 'tls.crt',
  });
  expect(at(objects['MedusaBackupSchedule/cassandra-backup'], 'spec.cronSchedule')).toBe('45 1 * * *');
  expect(planIn(objects).keptRoles).toContain('cassandra-superuser');
});
