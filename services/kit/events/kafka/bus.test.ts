import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from '@groundwork/contract';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Consumer } from '@platformatic/kafka';
import { startKafka, type TestKafka } from '../../../../test/support/kafka/index.ts';
import { createAuthority } from '../../../../test/support/pki.ts';
import { until } from '../../../../test/support/until.ts';
import { createMetrics } from '../../metrics/metrics.ts';
import { silentLog } from '../../testing/run.ts';
import type { Delivery, EventBus, Message, Subscription } from '../bus.ts';
import { createKafkaBus } from './bus.ts';

/** Diagnostics channels in which the client reports its group operations. */
const MEMBERSHIP = 'tracing:plt:kafka:consumer:group:start';

let kafka: TestKafka;
let config: { KAFKA_BROKERS: string; IDENTITY_DIR: string };
let topic: string;
let number = 0;
let buses: EventBus[] = [];
let subscriptions: Subscription[] = [];

beforeAll(async () => {
  kafka = await startKafka();
  config = kafka.env('things') as typeof config;
}, 120_000);
afterAll(() => kafka.remove());
beforeEach(async () => {
  number += 1;
  topic = `thing.counted-${number}`;
  await kafka.createTopics([topic], 3);
});
afterEach(async () => {
  await Promise.all(subscriptions.map((each) => each.stop()));
  await Promise.all(buses.map((each) => each.close()));
  [buses, subscriptions] = [[], []];
});

function connect(): EventBus {
  const bus = createKafkaBus({
    config,
    clientId: 'things',
    log: silentLog,
    metrics: createMetrics('kafka'),
    session: Duration.seconds(2),
  });
  buses.push(bus);
  return bus;
}

/** Joins the group and collects what it reads. */
function read(
  handle: (delivery: Delivery) => Promise<void> = async () => {},
  onLag?: (topic: string, messages: number) => void,
) {
  const read: Delivery[] = [];
  const subscription = connect().subscribe({
    group: topic,
    topics: [topic],
    handle: async (delivery) => {
      await handle(delivery);
      read.push(delivery);
    },
    ...(onLag === undefined ? {} : { onLag }),
  });
  subscriptions.push(subscription);
  return { read, subscription };
}

const message = (count: number, key = `key-${count % 7}`): Message => ({
  topic,
  key,
  value: Buffer.from(`${count}`),
  headers: { 'event-id': `id-${count}` },
});
const messages = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => message(from + index));
const countsOf = (read: readonly Delivery[], key?: string) =>
  read.filter((each) => key === undefined || each.key === key).map(({ value }) => Number(value));
const sorted = (counts: readonly number[]) => [...new Set(counts)].sort((a, b) => a - b);
const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);

test('carries key, value and headers, and keeps the order of each key', async () => {
  const { read: got } = read();
  const bus = connect();
  for (const start of [0, 100, 200]) await bus.publish(messages(start, start + 100));
  await until(() => got.length === 300);
  expect(got[0]).toMatchObject({
    topic,
    key: expect.stringMatching(/^key-/),
    headers: { 'event-id': expect.stringMatching(/^id-/) },
  });
  for (const key of upTo(7))
    expect(countsOf(got, `key-${key}`)).toEqual(upTo(300).filter((count) => count % 7 === key));
});

test('a consumer that stops finishes its messages in progress, and the next one continues from there', async () => {
  await connect().publish(messages(0, 20));
  const first = read();
  await until(() => first.read.length > 0);
  await first.subscription.stop();
  const second = read();
  await until(() => first.read.length + second.read.length >= 20);
  expect(sorted(countsOf([...first.read, ...second.read]))).toEqual(upTo(20));
  expect(first.read.length + second.read.length).toBe(20);
});

test('a message whose handler fails is delivered again, and no later one is lost', async () => {
  let failures = 2;
  const { read: got } = read(async ({ value }) => {
    if (value.toString() !== '3' || failures === 0) return;
    failures -= 1;
    throw new Error('not yet');
  });
  await connect().publish(messages(0, 10));
  await until(() => sorted(countsOf(got)).length === 10);
  expect(failures).toBe(0);
});

test('two members of a group share the partitions, and one takes over from the other', async () => {
  const [first, second] = [read(), read()];
  const bus = connect();
  let sent = 0;
  await until(async () => {
    await bus.publish(messages(sent, sent + 10));
    sent += 10;
    return first.read.length > 0 && second.read.length > 0;
  });
  await first.subscription.stop();
  await bus.publish(messages(sent, sent + 10));
  await until(() => sorted(countsOf([...first.read, ...second.read])).length === sent + 10);
});

test('producer and consumer use a renewed certificate without a lost or repeated message', async () => {
  const { read: got } = read();
  const bus = connect();
  await bus.publish(messages(0, 10));
  await until(() => got.length === 10);
  kafka.rotate('things');
  await bus.publish(messages(10, 20));
  await until(() => got.length === 20);
  kafka.rotate('things');
  await until(async () => {
    await bus.publish(messages(20, 30));
    return sorted(countsOf(got)).length === 30;
  });
  expect(sorted(countsOf(got.slice(0, 20)))).toEqual(upTo(20));
});

test('while the broker restarts, publishing fails instead of waiting forever, and consuming resumes', async () => {
  const { read: got } = read();
  const bus = connect();
  await bus.publish(messages(0, 10));
  await until(() => got.length === 10);
  await kafka.stop();
  await expect(bus.publish(messages(10, 20))).rejects.toThrow();
  await kafka.start();
  await bus.publish(messages(10, 20));
  await until(() => sorted(countsOf(got)).length === 20);
});

test('a member that stops after its group has removed it leaves no open reader', async () => {
  const stopped = Promise.withResolvers<Consumer>();
  let forgotten = false;
  const joins = (context: unknown): void => {
    const { client: consumer, operation } = context as { client: Consumer; operation: string };
    if (operation !== 'joinGroup') return;
    if (forgotten) reader.subscription.stop().then(() => stopped.resolve(consumer), stopped.reject);
    else
      consumer.once('consumer:heartbeat:start', () => {
        consumer.memberId = 'unknown';
        forgotten = true;
      });
  };
  subscribe(MEMBERSHIP, joins);
  const reader = read();
  try {
    expect((await stopped.promise).streamsCount).toBe(0);
  } finally {
    unsubscribe(MEMBERSHIP, joins);
  }
});

test.each(['joinGroup', 'syncGroup'])(
  'a member that stops during its %s sends no heartbeat afterwards',
  async (step) => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const stopped = Promise.withResolvers<void>();
    const stops = (context: unknown): void => {
      if ((context as { operation: string }).operation !== step) return;
      setImmediate(() => reader.subscription.stop().then(stopped.resolve, stopped.reject));
    };
    subscribe(MEMBERSHIP, stops);
    const reader = read();
    try {
      await stopped.promise;
      await until(() => timers() <= before);
    } finally {
      unsubscribe(MEMBERSHIP, stops);
    }
  },
);

test('reports the lag of a consumer', async () => {
  const hold = Promise.withResolvers<void>();
  const lags: number[] = [];
  const { read: got } = read(
    () => hold.promise,
    (_topic, lag) => lags.push(lag),
  );
  await connect().publish(messages(0, 10));
  await until(() => lags.includes(10));
  hold.resolve();
  await until(() => got.length === 10 && lags.at(-1) === 0);
});

test('a client without a certificate of the authority is rejected', async () => {
  const foreign = createAuthority('foreign');
  const folder = foreign.issue('things.test');
  appendFileSync(join(folder, 'ca.crt'), readFileSync(join(config.IDENTITY_DIR, 'ca.crt'))); // it trusts the broker; the broker does not trust it
  const bus = createKafkaBus({
    config: { ...config, IDENTITY_DIR: folder },
    clientId: 'foreign',
    log: silentLog,
    metrics: createMetrics('kafka'),
  });
  await expect(bus.publish([message(1)])).rejects.toThrow();
  await bus.close();
  foreign.remove();
});
