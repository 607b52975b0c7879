import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { contract, Duration, event } from '@groundwork/contract';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Kysely } from 'kysely';
import { Type } from 'typebox';
import { startPostgres, type TestPostgres } from '../../../../test/support/postgres.ts';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { until } from '../../../../test/support/until.ts';
import type { Background } from '../../background/background.ts';
import { readConfig } from '../../config/read.ts';
import { createMetrics, type Metrics } from '../../metrics/metrics.ts';
import { createDatabase } from '../../postgres/database.ts';
import { migrate } from '../../postgres/migrate.ts';
import { postgresVariables } from '../../postgres/variables.ts';
import { type MemoryBus, memoryBus } from '../../testing/memory-bus.ts';
import { silentLog } from '../../testing/run.ts';
import { joinTrace, traceparent } from '../../trace/traceparent.ts';
import type { Message } from '../bus.ts';
import { HEADERS } from '../envelope.ts';
import { backlogOf } from './batch.ts';
import { createOutbox } from './outbox.ts';
import { startRelay } from './relay.ts';

const counted = event(
  'thing.counted',
  1,
  Type.Object({ thing: Type.String(), count: Type.Integer() }, { additionalProperties: false }),
  { key: 'thing' },
);
const other = event('thing.lost', 1, Type.Object({ thing: Type.String() }), { key: 'thing' });
const things = contract('things', { publishes: [counted] });
const outbox = createOutbox(things);

let postgres: TestPostgres;
let database: Kysely<object>;
let bus: MemoryBus;
let metrics: Metrics;
let relays: Background[] = [];
let number = 0;

beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.remove());

beforeEach(async () => {
  number += 1;
  const made = await postgres.database(`outbox${number}`);
  const folder = temporaryFolder('migrations');
  const sql = join(import.meta.dirname, '..', 'sql');
  cpSync(join(sql, 'outbox.sql'), join(folder, '1_outbox.sql'));
  cpSync(join(sql, 'outbox-published.sql'), join(folder, '2_outbox_published.sql'));
  await migrate({ config: readConfig(postgresVariables, made.owner), folder, log: silentLog });
  metrics = createMetrics('things');
  database = createDatabase(readConfig(postgresVariables, made.app), { log: silentLog, metrics });
  bus = memoryBus();
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
  await database.destroy();
});

const relay = (batch = 100, retention = Duration.hours(0)) => {
  const started = startRelay(things, {
    database,
    bus,
    log: silentLog,
    metrics: createMetrics('things'),
    batch,
    retention,
    interval: Duration.millis(5),
  });
  relays.push(started);
  return started;
};
const emit = (thing: string, count: number) =>
  database.transaction().execute((transaction) => outbox.emit(transaction, counted, { thing, count }));
const countsOf = (messages: readonly Message[], thing?: string) =>
  messages
    .filter(({ key }) => thing === undefined || key === thing)
    .map(({ value }) => JSON.parse(value.toString()).count as number);
const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);
const firsts = (messages: readonly Message[]) => [
  ...new Map(messages.map((message) => [message.headers[HEADERS.id], message])).values(),
];

test('an event is published with its transaction: id, version, trace and time in its headers, the key from its payload', async () => {
  const trace = joinTrace(undefined);
  const id = await database
    .transaction()
    .execute((transaction) => outbox.emit(transaction, counted, { thing: 'cup', count: 1 }, trace));
  relay();
  await until(() => bus.published.length === 1);
  const [message] = bus.published as [Message];
  expect(message).toMatchObject({
    topic: 'thing.counted',
    key: 'cup',
    headers: { 'event-id': id, 'event-version': '1', traceparent: traceparent(trace) },
  });
  expect(JSON.parse(message.value.toString())).toEqual({ thing: 'cup', count: 1 });
  expect(Math.abs(Date.now() - Date.parse(message.headers['occurred-at'] as string))).toBeLessThan(60_000);
  await until(async () => (await backlogOf(database)).pending === 0);
});

test('a transaction that fails publishes nothing', async () => {
  const failing = database.transaction().execute(async (transaction) => {
    await outbox.emit(transaction, counted, { thing: 'cup', count: 1 });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await backlogOf(database)).toEqual({ pending: 0, oldestSeconds: 0 });
});

test('rejects an invalid payload, and an event of another contract, and the transaction fails', async () => {
  const leak = { thing: 'cup', count: 1, password: 'hunter2' };
  await expect(
    database.transaction().execute((transaction) => outbox.emit(transaction, counted, leak)),
  ).rejects.toThrow(/thing\.counted does not match/);
  await expect(
    // @ts-expect-error the contract does not publish it
    database.transaction().execute((transaction) => outbox.emit(transaction, other, { thing: 'cup' })),
  ).rejects.toThrow(/does not publish/);
  await expect(
    // @ts-expect-error a field is missing
    database.transaction().execute((transaction) => outbox.emit(transaction, counted, { thing: 'cup' })),
  ).rejects.toThrow(/count/);
});

test('concurrent transactions for one key are published in the order of their commits', async () => {
  const committed: number[] = [];
  await Promise.all(
    upTo(20).map((count) =>
      database.transaction().execute(async (transaction) => {
        await outbox.emit(transaction, counted, { thing: 'cup', count });
        committed.push(count); // the lock is ours until the commit
      }),
    ),
  );
  relay();
  await until(() => bus.published.length === 20);
  expect(countsOf(bus.published)).toEqual(committed);
});

test('a relay that fails after half a batch loses nothing: another publishes the batch again, in order, with the same ids', async () => {
  for (const count of upTo(10)) await emit('cup', count);
  bus.failNext = async (messages) => {
    bus.published.push(...messages.slice(0, 5));
    throw new Error('died');
  };
  relay();
  await until(() => bus.published.length === 15);
  expect(countsOf(firsts(bus.published))).toEqual(upTo(10));
  await until(async () => (await backlogOf(database)).pending === 0);
});

test('a relay whose database fails between publishing and deleting resumes, and publishes again what it could not delete', async () => {
  for (const count of upTo(3)) await emit('cup', count);
  bus.failNext = async (messages) => {
    bus.published.push(...messages);
    await postgres.stop();
    await postgres.start();
  };
  relay();
  await until(() => bus.published.length === 6);
  expect(countsOf(firsts(bus.published))).toEqual(upTo(3));
});

test('several relays at once publish each event once, in the order of each key', async () => {
  const writing = ['cup', 'pot', 'pan'].map(async (thing) => {
    for (const count of upTo(40)) await emit(thing, count);
  });
  for (const _ of upTo(3)) relay(7);
  await Promise.all(writing);
  await until(() => bus.published.length === 120);
  for (const thing of ['cup', 'pot', 'pan']) expect(countsOf(bus.published, thing)).toEqual(upTo(40));
});

test('while Kafka is unavailable events wait, metrics show their number and age, and they are published afterwards', async () => {
  await emit('cup', 1);
  let away = true;
  const tries = bus.publish;
  bus.publish = async (messages) => (away ? Promise.reject(new Error('away')) : tries(messages));
  relays.push(startRelay(things, { database, bus, log: silentLog, metrics, interval: Duration.millis(5) }));
  await until(async () => /outbox_pending\{.*\} 1/.test(await metrics.registry.metrics()));
  expect(await metrics.registry.metrics()).toMatch(/outbox_oldest_seconds\{.*\} 0\.\d+/);
  away = false;
  await until(() => bus.published.length === 1);
  await until(async () =>
    /events_published_total\{.*event="thing.counted".*\} 1/.test(await metrics.registry.metrics()),
  );
});

test('published events stay for the retention, and can be published again in the order of each key', async () => {
  for (const count of upTo(20)) await emit(count % 2 === 0 ? 'cup' : 'pot', count);
  for (const _ of upTo(3)) relay(7, Duration.hours(1));
  const rows = database.withTables<{ outbox: { id: string; published_at: Date | null } }>();
  const kept = async () => (await rows.selectFrom('outbox').select('id').execute()).length;
  await until(async () => bus.published.length === 20 && (await backlogOf(database)).pending === 0);
  expect(await kept()).toBe(20);
  // Kafka has lost its data, and new events are emitted meanwhile.
  bus.published.length = 0;
  await rows.updateTable('outbox').set({ published_at: null }).execute();
  await emit('cup', 20);
  await until(async () => bus.published.length === 21 && (await backlogOf(database)).pending === 0);
  expect(countsOf(bus.published, 'cup')).toEqual(upTo(21).filter((count) => count % 2 === 0));
  const past = new Date(Date.now() - Duration.hours(2).toMilliseconds());
  await rows.updateTable('outbox').set({ published_at: past }).where('id', '<=', '5').execute();
  relay(7, Duration.hours(1));
  await until(async () => (await kept()) === 16);
});

test('a relay that is stopped finishes its batch first', async () => {
  await emit('cup', 1);
  const arrived = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  bus.failNext = async () => {
    arrived.resolve();
    await finish.promise;
  };
  const stopped = (async () => {
    const started = relay();
    await arrived.promise;
    return started.stop();
  })();
  await arrived.promise;
  finish.resolve();
  await stopped;
  expect((await backlogOf(database)).pending).toBe(0);
});
