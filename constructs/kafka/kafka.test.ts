import { type Contract, contract, Duration, event } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { Type } from 'typebox';
import { at, objectsOf } from '../../test/support/system.ts';
import { Cpu, Graph, Platform, type PlatformProps, Size } from '../index.ts';
import { Kafka, type KafkaProps } from './index.ts';

const placed = event('order.placed', 1, Type.Object({ orderId: Type.String() }), { key: 'orderId' });
const orders = contract('orders', { publishes: [placed] });
const mailer = contract('mailer', { consumes: [placed] });
const bystander = contract('bystander', {});

const quota = { cpu: Cpu.units(100), memory: Size.tebibytes(1), storage: Size.tebibytes(1), pods: 100 };

function made(kafka: Partial<KafkaProps> = {}, rest: Partial<PlatformProps> = {}) {
  const app = new App();
  const graph = new Graph([orders, mailer, bystander] as readonly Contract[]);
  const platform = new Platform(new Chart(app, 'platform'), 'platform', {
    environment: 'test',
    system: 'town',
    graph,
    quota,
    ...rest,
  });
  const bus = new Kafka(new Chart(app, 'kafka'), 'kafka', {
    platform,
    image: 'registry.example/kafka:4.1.0',
    provisioner: 'registry.example/provisioner:1',
    storage: Size.gibibytes(10),
    ...kafka,
  });
  const connect = (name: string) => bus.connect({ name, selector: { app: name } } as never, { kind: 'events' });
  return { objects: () => objectsOf(app), bus, connect };
}

const propertiesOf = (objects: ReturnType<typeof objectsOf>, name: string) =>
  `${at(objects[`ConfigMap/${name}`], 'data')?.['server.properties' as never]}`;
const planIn = (objects: ReturnType<typeof objectsOf>) =>
  JSON.parse(`${at(objects['ConfigMap/kafka-provisioner'], 'data')?.['kafka.json' as never]}`);

test('has three brokers and three controllers by default, never two of a kind on one node', () => {
  const objects = made().objects();
  for (const name of ['kafka', 'kafka-controller']) {
    const set = objects[`StatefulSet/${name}`];
    expect(at(set, 'spec.replicas')).toBe(3);
    expect(at(set, 'spec.template.spec.topologySpreadConstraints.1')).toMatchObject({
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
    });
    expect(at(objects[`PodDisruptionBudget/${name}`], 'spec.maxUnavailable')).toBe(1);
  }
  expect(propertiesOf(objects, 'kafka-controller')).toContain('process.roles=controller\n');
  expect(propertiesOf(objects, 'kafka')).toContain('process.roles=broker\n');
});

test('one broker is also the controller, and its topics have one replica', () => {
  const objects = made({ brokers: 1 }).objects();
  expect(objects['StatefulSet/kafka-controller']).toBeUndefined();
  expect(propertiesOf(objects, 'kafka')).toContain('process.roles=broker,controller\n');
  expect(planIn(objects).topics).toMatchObject([
    { replicas: 1, settings: { 'min.insync.replicas': '1' } },
    { replicas: 1 },
  ]);
});

test.each([{}, { brokers: 1 }])(
  'every listener requires a certificate, and what no ACL allows is denied: %j',
  (props) => {
    const text = propertiesOf(made(props).objects(), 'kafka');
    expect(text).toContain('listener.security.protocol.map=CLIENTS:SSL,REPLICATION:SSL,CONTROLLER:SSL\n');
    expect(text).not.toMatch(/PLAINTEXT|SASL/);
    for (const line of [
      'ssl.client.auth=required',
      'ssl.enabled.protocols=TLSv1.3',
      'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found=false',
      'super.users=User:kafka.town-test;User:kafka-provisioner.town-test',
      'auto.create.topics.enable=false',
      'delete.topic.enable=false',
      'unclean.leader.election.enable=false',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  },
);

test('topics, dead-letter topics and ACLs are those of the contracts, and there are no others', () => {
  const { topics, rights } = planIn(made().objects());
  expect(topics.map(({ name }: { name: string }) => name)).toEqual(['order.placed', 'order.placed.mailer.dlt']);
  expect(
    rights.map(({ user, operation, on, name }: Record<string, string>) => `${user} ${operation} ${on} ${name}`).sort(),
  ).toEqual([
    'mailer.town-test describe topic order.placed',
    'mailer.town-test describe topic order.placed.mailer.dlt',
    'mailer.town-test read group mailer',
    'mailer.town-test read topic order.placed',
    'mailer.town-test write topic order.placed.mailer.dlt',
    'orders.town-test describe topic order.placed',
    'orders.town-test write topic order.placed',
  ]);
});

test('an event may have different settings; a compacted one has no retention limit', () => {
  const events = { 'order.placed': { partitions: 12, retention: Duration.hours(2), compact: true } };
  expect(planIn(made({ events }).objects()).topics[0]).toMatchObject({
    partitions: 12,
    replicas: 3,
    settings: {
      'cleanup.policy': 'compact',
      'retention.ms': '-1',
      'min.compaction.lag.ms': '7200000',
      'min.insync.replicas': '2',
    },
  });
});

test('a connected service receives the bootstrap address and its group, and only its pods may connect to the brokers', () => {
  const { connect, objects } = made();
  expect(connect('orders')).toEqual({
    env: {
      KAFKA_BROKERS: 'kafka.town-test.svc.cluster.local:9093',
      KAFKA_GROUP: 'orders',
      OUTBOX_RETENTION_HOURS: '168',
    },
    peers: [{ selector: { 'app.kubernetes.io/name': 'kafka', 'app.kubernetes.io/part-of': 'town' }, port: 9093 }],
  });
  expect(at(objects()['NetworkPolicy/kafka-from-orders'], 'spec.ingress')).toEqual([
    { from: [{ podSelector: { matchLabels: { app: 'orders' } } }], ports: [{ protocol: 'TCP', port: 9093 }] },
  ]);
  expect(objects()['NetworkPolicy/kafka-from-bystander']).toBeUndefined();
});

test('another desired state is another Job, and the same desired state the same Job', () => {
  const job = (props: Partial<KafkaProps>) =>
    Object.keys(made(props).objects()).find((name) => name.startsWith('Job/'));
  expect(job({})).toBe(job({}));
  expect(job({})).not.toBe(job({ topics: { partitions: 7 } }));
});

test.each(['kafka', 'kafka-controller'])(
  'no mount of %s contains a volume that the public image declares, which would hide it',
  (name) => {
    const mounts = at(made().objects()[`StatefulSet/${name}`], 'spec.template.spec.containers.0.volumeMounts') as {
      mountPath: string;
    }[];
    for (const declared of ['/etc/kafka/secrets', '/var/lib/kafka/data', '/mnt/shared/config']) {
      expect(mounts.filter(({ mountPath }) => declared.startsWith(`${mountPath}/`))).toEqual([]);
    }
  },
);

test('other partitions, retention or compaction change the desired state, and restart no node', () => {
  const inputs = (topics: NonNullable<KafkaProps['topics']>) =>
    at(made({ topics }).objects()['StatefulSet/kafka'], 'spec.template.metadata.annotations');
  expect(inputs({ partitions: 12, retention: Duration.hours(2), compact: true })).toEqual(inputs({}));
  expect(inputs({ replication: 2 })).not.toEqual(inputs({}));
});

test("half of the memory limit is the heap, and a broker's volume has the id of its cluster", () => {
  const start = (props: Partial<KafkaProps>, rest: Partial<PlatformProps> = {}) =>
    at(made(props, rest).objects()['StatefulSet/kafka'], 'spec.template.spec.containers.0');
  const memory = (size: Size) => at(start({ resources: { cpu: Cpu.units(1), memory: size } }), 'env.2.value');
  expect(memory(Size.gibibytes(2))).toBe('1024m');
  expect(memory(Size.gibibytes(64))).toBe('6144m');
  const id = (environment: string) => /--cluster-id (\S+)/.exec(`${at(start({}, { environment }), 'command.2')}`)?.[1];
  expect(id('test')).toMatch(/^[A-Za-f][\w-]{21}$/);
  expect(id('test')).not.toBe(id('staging'));
});

test.each<[string, Partial<KafkaProps>, RegExp]>([
  ['more replicas than brokers', { topics: { replication: 4 } }, /at most the number of brokers \(3\), got 4/],
  [
    'more in-sync replicas than replicas',
    { topics: { replication: 2, minInSyncReplicas: 3 } },
    /must be an integer from 1 to replication/,
  ],
  ['all replicas in sync', { topics: { minInSyncReplicas: 3 } }, /no event can be published while one broker restarts/],
  ['no partitions', { topics: { partitions: 0 } }, /from 1 to 1000, got 0/],
  ['part of a partition', { events: { 'order.placed': { partitions: 1.5 } } }, /events\['order\.placed'\]\.partitions/],
  ['too many partitions', { topics: { partitions: 1001 } }, /from 1 to 1000, got 1001/],
  ['a retention of zero', { topics: { retention: Duration.seconds(0) } }, /topics\.retention/],
  [
    "a retention of zero for one event's dead letters",
    { topics: { deadLetterRetention: Duration.seconds(0) } },
    /deadLetterRetention/,
  ],
  [
    'an event that is not published',
    { events: { 'order.plaecd': {} } },
    /no contract publishes 'order\.plaecd'[\s\S]*use one of: order\.placed/,
  ],
  ['a volume that a partition fills', { storage: Size.mebibytes(512) }, /at least 1Gi/],
  [
    'a heap that is too small',
    { resources: { cpu: Cpu.units(1), memory: Size.mebibytes(256) } },
    /half of it is the heap/,
  ],
  ['an even number of controllers', { controllers: 4 }, /an odd number from 1 to 9, got 4/],
  ['several brokers without controllers', { controllers: 0 }, /0 requires a single broker/],
  ['no broker', { brokers: 0, controllers: 3 }, /brokers must be an integer from 1 to 99, got 0/],
  ['a message of 20 MiB', { topics: { maxMessage: Size.mebibytes(20) } }, /from 1Ki to 16Mi, got 20Mi/],
  ['a quota of zero', { quotas: { produce: Size.kibibytes(0) } }, /must be greater than 0/],
])('rejects %s, with a fix', (_, props, expected) => {
  expect(() => made(props)).toThrow(expected);
  expect(() => made(props)).toThrow(/fix: /);
});

test('declares its guarantees: three nodes of each kind survive the loss of one, one broker does not', () => {
  expect(made().bus.guarantees).toMatchObject({
    'survives-node-loss': true,
    'rolls-without-downtime': true,
    'tls-rotation': true,
  });
  expect(made({ shareNodes: true }).bus.guarantees['survives-node-loss']).toBe(false);
  expect(made({ brokers: 1 }).bus.guarantees).toMatchObject({
    'survives-node-loss': false,
    'rolls-without-downtime': false,
  });
  const requirements = { events: { guarantees: ['survives-node-loss'] } } as const;
  expect(() => made({ brokers: 1 }, { requirements })).toThrow(/'survives-node-loss' is required/);
});
