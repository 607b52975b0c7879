import { type Contract, contract, event } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { Type } from 'typebox';
import { at, objectsOf } from '../../test/support/system.ts';
import { Cpu, Graph, Platform, type PlatformProps, Size } from '../index.ts';
import { StrimziKafka, type StrimziKafkaProps } from './index.ts';

const placed = event('order.placed', 1, Type.Object({ orderId: Type.String() }), { key: 'orderId' });
const orders = contract('orders', { publishes: [placed] });
const mailer = contract('mailer', { consumes: [placed] });
const bystander = contract('bystander', {});
const quota = { cpu: Cpu.units(100), memory: Size.tebibytes(1), storage: Size.tebibytes(1), pods: 100 };

function made(kafka: Partial<StrimziKafkaProps> = {}, rest: Partial<PlatformProps> = {}) {
  const app = new App();
  const graph = new Graph([orders, mailer, bystander] as readonly Contract[]);
  const platform = new Platform(new Chart(app, 'platform'), 'platform', {
    environment: 'test',
    system: 'town',
    graph,
    quota,
    ...rest,
  });
  const bus = new StrimziKafka(new Chart(app, 'kafka'), 'kafka', { platform, storage: Size.gibibytes(10), ...kafka });
  const connect = (name: string) => bus.connect({ name, selector: { app: name } } as never, { kind: 'events' });
  return { objects: () => objectsOf(app), bus, connect, platform };
}

test('has three brokers and three controllers, in pools that keep their volumes', () => {
  const objects = made().objects();
  for (const [name, roles] of [
    ['broker', ['broker']],
    ['controller', ['controller']],
  ] as const) {
    const spec = at(objects[`KafkaNodePool/${name}`], 'spec');
    expect(spec).toMatchObject({ replicas: 3, roles });
    expect(at(spec, 'storage.volumes.0')).toMatchObject({ type: 'persistent-claim', deleteClaim: false });
  }
});

test('topics, dead-letter topics and ACLs derive from the graph; a service without events is not a user', () => {
  const objects = made().objects();
  expect(
    Object.keys(objects)
      .filter((key) => /^Kafka(Topic|User)\//.test(key))
      .sort(),
  ).toEqual([
    'KafkaTopic/order.placed',
    'KafkaTopic/order.placed.mailer.dlt',
    'KafkaUser/mailer.town-test',
    'KafkaUser/orders.town-test',
  ]);
  const acls = at(objects['KafkaUser/orders.town-test'], 'spec.authorization.acls') as unknown as {
    resource: object;
    operations: string[];
  }[];
  expect(acls.map(({ resource }) => resource)).toEqual([
    { type: 'topic', name: 'order.placed', patternType: 'literal' },
  ]);
  expect(acls[0]?.operations).toContain('Write');
  expect(acls[0]?.operations).not.toContain('Read');
});

test('clients authenticate with certificates of the platform, and only connected services have access', () => {
  const { objects, connect } = made();
  expect(connect('orders').env).toEqual({
    KAFKA_BROKERS: 'kafka-kafka-bootstrap.town-test.svc:9093',
    KAFKA_GROUP: 'orders',
    OUTBOX_RETENTION_HOURS: '168',
  });
  const kafka = objects()['Kafka/kafka'];
  expect(at(kafka, 'spec.kafka.listeners')).toHaveLength(1);
  expect(at(kafka, 'spec.kafka.listeners.0')).toMatchObject({
    tls: true,
    authentication: {
      listenerConfig: { 'ssl.client.auth': 'required', 'ssl.truststore.location': '/mnt/identity/ca.crt' },
    },
    configuration: { brokerCertChainAndKey: { secretName: 'kafka-identity' } },
    networkPolicyPeers: [{ podSelector: { matchLabels: { app: 'orders' } } }],
  });
  expect(at(kafka, 'spec.kafka.template.pod.volumes')).toEqual([
    { name: 'identity', secret: { secretName: 'kafka-identity' } },
  ]);
  expect(at(kafka, 'spec.kafka.template.kafkaContainer.volumeMounts.0.mountPath')).toBe('/mnt/identity');
});

test('brokers and controllers export the same metrics as the builtin back end, to clients with a certificate, and operators theirs', () => {
  const { objects, platform } = made();
  const targets: object[] = [];
  platform.addMetricsCollector({
    selector: { app: 'prometheus' },
    collect: (target) => targets.push({ name: target.name, port: target.port, selector: target.selector }),
  });
  expect(targets).toEqual([
    { name: 'kafka', port: 9404, selector: { 'strimzi.io/cluster': 'kafka', 'strimzi.io/broker-role': 'true' } },
    ...[8080, 8081].map((port) => ({
      name: port === 8080 ? 'kafka-topic-operator' : 'kafka-user-operator',
      port,
      selector: { 'strimzi.io/name': 'kafka-entity-operator' },
    })),
    {
      name: 'kafka-controller',
      port: 9404,
      selector: { 'strimzi.io/cluster': 'kafka', 'strimzi.io/controller-role': 'true' },
    },
  ]);
  const rendered = objects();
  const { httpServer, rules } = JSON.parse(
    `${at(rendered['ConfigMap/kafka-metrics'], 'data')?.['exporter.json' as never]}`,
  );
  expect(httpServer.ssl).toMatchObject({
    mutualTLS: true,
    keyStore: { filename: '/mnt/identity/keystore.p12' },
    trustStore: { filename: '/mnt/identity/truststore.p12' },
  });
  expect(rules.map(({ name }: { name: string }) => name)).toContain('kafka_server_under_replicated_partitions');
  expect(at(rendered['Certificate/kafka-identity'], 'spec.keystores.pkcs12.create')).toBe(true);
});

test("the operators' pods have enough memory for a JVM, and count against the quota", () => {
  const kafka = made({ cruiseControl: true }).objects()['Kafka/kafka'];
  for (const part of ['entityOperator.topicOperator', 'entityOperator.userOperator', 'cruiseControl']) {
    expect(at(kafka, `spec.${part}.resources.limits.memory`)).toMatch(/^(512Mi|1Gi)$/);
  }
  const exact = { cpu: Cpu.units(100), memory: Size.gibibytes(9), storage: Size.tebibytes(1) };
  expect(() => made({}, { quota: { ...exact, pods: 6 } }).objects()).toThrow(/pods/);
  expect(() => made({}, { quota: { ...exact, pods: 7 } }).objects()).toThrow(/memory/);
  expect(() => made({}, { quota: { ...exact, pods: 7, memory: Size.gibibytes(10) } }).objects()).not.toThrow();
});

test('volumes are not deleted with the cluster, nor a topic with its KafkaTopic', () => {
  expect(at(made().objects()['Kafka/kafka'], 'spec.kafka.config')).toMatchObject({
    'delete.topic.enable': false,
    'auto.create.topics.enable': false,
  });
});

test.each([
  [{ brokers: 2, topics: { replication: 3 } }, /replication/],
  [{ brokers: 0 }, /brokers/],
])('rejects %j', (props, why) => {
  expect(() => made(props as Partial<StrimziKafkaProps>)).toThrow(why);
});

test('brokers, and controllers, run on different nodes, and where zones are required in different zones', () => {
  const objects = made({ zones: 'required' }).objects();
  for (const pool of ['broker', 'controller'])
    expect(at(objects[`KafkaNodePool/${pool}`], 'spec.template.pod.topologySpreadConstraints')).toEqual(
      ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'DoNotSchedule',
        nodeTaintsPolicy: 'Honor',
        labelSelector: { matchLabels: { 'strimzi.io/cluster': 'kafka', 'strimzi.io/pool-name': pool } },
      })),
    );
});
