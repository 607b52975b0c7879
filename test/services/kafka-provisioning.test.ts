import { Duration } from '@groundwork/contract';
import type { DesiredRight, DesiredTopic, KafkaDesiredState } from '@groundwork/contract/desired-state';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Admin } from '@platformatic/kafka';
import pino from 'pino';
import { connect } from '../../infra/provisioner/kafka/client.ts';
import { reconcile } from '../../infra/provisioner/kafka/reconcile.ts';
import type { Delivery, EventBus, Message } from '../../services/kit/events/bus.ts';
import { createKafkaBus } from '../../services/kit/events/kafka/bus.ts';
import { createMetrics } from '../../services/kit/metrics/metrics.ts';
import { silentLog } from '../../services/kit/testing/run.ts';
import { startKafka, type TestKafka } from '../support/kafka/index.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

let kafka: TestKafka;
let admin: Admin;
beforeAll(async () => {
  kafka = await startKafka(undefined, {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'early.start.listeners': 'CONTROLLER',
    'super.users': 'User:kafka.test;User:admin.test;User:provisioner.test;User:ANONYMOUS',
    'ssl.principal.mapping.rules': 'RULE:^CN=([a-z0-9.-]+)$/$1/',
  });
  const { KAFKA_BROKERS, IDENTITY_DIR } = kafka.env('provisioner') as { KAFKA_BROKERS: string; IDENTITY_DIR: string };
  admin = connect([KAFKA_BROKERS], IDENTITY_DIR);
}, 120_000);
afterAll(async () => {
  await admin?.close();
  await kafka?.remove();
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/**
 * A service's event bus, created by the kit.
 * @param log gets a line each time that reading fails
 */
function busOf(account: string, log = silentLog): EventBus {
  const bus = createKafkaBus({
    config: kafka.env(account) as { KAFKA_BROKERS: string; IDENTITY_DIR: string },
    clientId: account,
    log,
    metrics: createMetrics(account),
    session: Duration.seconds(2),
  });
  closing.push(() => bus.close());
  return bus;
}

/**
 * Starts a consumer and waits for its first try.
 * @returns the events that it has read, which grow
 */
async function reader(group: string, topics: readonly string[]): Promise<ReadonlySet<string>> {
  const read = new Set<string>();
  const tried = Promise.withResolvers<void>();
  const bus = busOf('mailer', pino({ level: 'warn' }, { write: () => tried.resolve() }));
  const handle = async ({ topic: name, key }: Delivery): Promise<void> => {
    read.add(`${name} ${key}`);
    tried.resolve();
  };
  const subscription = bus.subscribe({ group, topics, handle, onLag: () => tried.resolve() });
  closing.push(() => subscription.stop());
  await tried.promise;
  return read;
}

const topic = (name: string, partitions = 2): DesiredTopic => ({ name, partitions, replicas: 1, settings: {} });
const provision = (topics: DesiredTopic[], rights: DesiredRight[]): Promise<void> => {
  const desiredState: KafkaDesiredState = { brokers: ['unused:1'], topics, rights, quotas: {} };
  return reconcile(admin, desiredState, () => undefined);
};
const message = (name: string, key: string): Message => ({ topic: name, key, value: Buffer.from(key), headers: {} });

/** Rights that events with a consumer need; those of the groups together. */
const rightsOn = (events: readonly string[], groups: readonly string[]): readonly (readonly DesiredRight[])[] => [
  ...events.flatMap((name): DesiredRight[][] => [
    [{ user: 'orders.test', on: 'topic', name, operation: 'write' }],
    [{ user: 'orders.test', on: 'topic', name, operation: 'describe' }],
    [{ user: 'mailer.test', on: 'topic', name, operation: 'read' }],
    [{ user: 'mailer.test', on: 'topic', name, operation: 'describe' }],
  ]),
  groups.map((name) => ({ user: 'mailer.test', on: 'group', name, operation: 'read' })),
];

type Step = Pick<KafkaDesiredState, 'topics' | 'rights'>;

const upTo = <T>(all: readonly T[]): readonly T[][] =>
  Array.from({ length: all.length + 1 }, (_, count) => all.slice(0, count));

/** Steps in orders that a provisioner or an operator may take. */
const ORDERS: Readonly<
  Record<string, (topics: DesiredTopic[], rights: readonly (readonly DesiredRight[])[]) => readonly Step[]>
> = {
  'topics first': (topics, rights) => [
    ...upTo(topics).map((some) => ({ topics: some, rights: [] })),
    ...upTo(rights).map((some) => ({ topics, rights: some.flat() })),
  ],
  'rights first, the one on the group before those on topics': (topics, rights) => [
    ...upTo(rights.toReversed()).map((some) => ({ topics: [], rights: some.flat() })),
    ...upTo(topics.toReversed()).map((some) => ({ topics: some, rights: rights.flat() })),
  ],
};

test.each(Object.keys(ORDERS))(
  'a publisher and consumers that start before their topics and rights lose no event and need no restart: %s',
  async (order) => {
    const prefix = order.replaceAll(/\W+/g, '-');
    const events = [`${prefix}.placed`, `${prefix}.paid`];
    const groups = Array.from({ length: 20 }, (_, number) => `${prefix}-${number}`);
    const topics = events.map((name) => topic(name));
    const steps = (ORDERS[order] as (typeof ORDERS)[string])(topics, rightsOn(events, groups));
    const orders = busOf('orders');
    const published: string[] = [];
    const readers: ReadonlySet<string>[] = [];
    for (const [index, step] of steps.entries()) {
      await provision(step.topics, step.rights);
      for (const name of events) {
        const arrived = await orders.publish([message(name, `${index}`)]).then(
          () => true,
          () => false,
        );
        if (arrived) published.push(`${name} ${index}`);
      }
      readers.push(await reader(groups[index] as string, events));
    }
    expect(published).toEqual(expect.arrayContaining(events.map((name) => `${name} ${steps.length - 1}`)));
    for (const read of readers) await until(() => published.every((one) => read.has(one)));
  },
);

test('a consumer reads partitions that are added to its topic while it runs', async () => {
  const [event, group] = ['grown.up', 'mailer-grown'];
  await provision([topic(event, 1)], rightsOn([event], [group]).flat());
  const orders = busOf('orders');
  await orders.publish([message(event, 'first')]);
  const read = await reader(group, [event]);
  await provision([topic(event, 4)], rightsOn([event], [group]).flat());
  const keys = Array.from({ length: 40 }, (_, number) => `${number}`);
  await until(
    async () => (await admin.metadata({ topics: [event], forceUpdate: true })).topics.get(event)?.partitionsCount === 4,
  );
  await busOf('orders').publish(keys.map((key) => message(event, key)));
  await until(() => keys.every((key) => read.has(`${event} ${key}`)));
});
