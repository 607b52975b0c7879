import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contract, event } from '@groundwork/contract';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Kysely } from 'kysely';
import { Type } from 'typebox';
import { startPostgres, type TestDatabase, type TestPostgres } from '../../../../test/support/postgres.ts';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import type { Background } from '../../background/background.ts';
import { readConfig } from '../../config/read.ts';
import { Problem } from '../../errors/problem.ts';
import { createMetrics, type Metrics } from '../../metrics/metrics.ts';
import { createDatabase } from '../../postgres/database.ts';
import { migrate } from '../../postgres/migrate.ts';
import { postgresVariables } from '../../postgres/variables.ts';
import { type MemoryBus, memoryBus } from '../../testing/memory-bus.ts';
import { silentLog } from '../../testing/run.ts';
import { joinTrace } from '../../trace/traceparent.ts';
import type { Message } from '../bus.ts';
import { newHeaders } from '../envelope.ts';
import { consume } from './consume.ts';
import { deleteOld } from './inbox.ts';

const counted = event(
  'thing.counted',
  1,
  Type.Object({ thing: Type.String(), count: Type.Integer() }, { additionalProperties: false }),
  { key: 'thing' },
);
const shelf = contract('shelf', { consumes: [counted] });

interface Tables {
  readonly counts: { readonly thing: string; readonly count: number };
}

let postgres: TestPostgres;
let made: TestDatabase;
let database: Kysely<Tables>;
let bus: MemoryBus;
let metrics: Metrics;
let consumer: Background;
let number = 0;
/** Runs in the handler, after it wrote its row. */
let then: (count: number) => Promise<void>;

beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.remove());

beforeEach(async () => {
  number += 1;
  made = await postgres.database(`inbox${number}`);
  const folder = temporaryFolder('migrations');
  writeFileSync(join(folder, '1_inbox.sql'), await readFile(join(import.meta.dirname, '..', 'sql', 'inbox.sql')));
  writeFileSync(join(folder, '2_counts.sql'), '-- Up Migration\nCREATE TABLE counts (thing text, count integer);\n');
  await migrate({ config: readConfig(postgresVariables, made.owner), folder, log: silentLog });
  metrics = createMetrics('shelf');
  database = createDatabase<Tables>(readConfig(postgresVariables, made.app), { log: silentLog, metrics });
  bus = memoryBus();
  then = async () => {};
  consumer = consume(
    shelf,
    {
      'thing.counted': async ({ payload }, transaction) => {
        await transaction.insertInto('counts').values({ thing: payload.thing, count: payload.count }).execute();
        await then(payload.count);
      },
    },
    { bus, database, group: 'shelf', log: silentLog, metrics, attempts: 3 },
  );
});
afterEach(async () => {
  await consumer.stop();
  await database.destroy();
});

const message = (payload: unknown, headers: Record<string, string> = {}): Message => ({
  topic: 'thing.counted',
  key: 'cup',
  value: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  headers: { ...newHeaders(counted, joinTrace(undefined)), ...headers },
});
const counts = async () => (await database.selectFrom('counts').select('count').execute()).map(({ count }) => count);

test('handles an event once that is delivered many times, sequentially and concurrently', async () => {
  const first = message({ thing: 'cup', count: 1 });
  await bus.deliver(first);
  await bus.deliver(first);
  const second = message({ thing: 'cup', count: 2 });
  await Promise.all([bus.deliver(second), bus.deliver(second), bus.deliver(second)]);
  expect(await counts()).toEqual([1, 2]);
  expect(await metrics.registry.metrics()).toMatch(
    /events_consumed_total\{event="thing.counted",outcome="handled",.*\} 2/,
  );
  expect(await metrics.registry.metrics()).toMatch(
    /events_consumed_total\{event="thing.counted",outcome="duplicate",.*\} 3/,
  );
});

test('a handler that fails is rolled back and retried, and its event is handled once', async () => {
  let failures = 2;
  then = async () => {
    failures -= 1;
    if (failures >= 0) throw new Error('not yet');
  };
  await bus.deliver(message({ thing: 'cup', count: 1 }));
  expect(await counts()).toEqual([1]);
  expect(bus.published).toEqual([]);
});

test('an event whose handler always fails is moved to the dead-letter topic unchanged, with the reason, and the next one is handled', async () => {
  then = async (count) => {
    if (count === 1) throw new TypeError('ada@example.org is not a number');
  };
  const poison = message({ thing: 'cup', count: 1 });
  await bus.deliver(poison, 7);
  await bus.deliver(message({ thing: 'cup', count: 2 }), 8);
  expect(await counts()).toEqual([2]);
  expect(bus.published).toEqual([
    {
      ...poison,
      topic: 'thing.counted.shelf.dlt',
      headers: {
        ...poison.headers,
        'dead-letter-reason': 'handler-failed',
        'dead-letter-detail': 'TypeError',
        'dead-letter-from': 'thing.counted/0/7',
        'dead-letter-at': expect.any(String),
      },
    },
  ]);
  expect(await metrics.registry.metrics()).toMatch(
    /events_dead_lettered_total\{event="thing.counted",reason="handler-failed",.*\} 1/,
  );
});

test('a dead letter that is replayed to its topic is handled once', async () => {
  let broken = true;
  then = async () => {
    if (broken) throw new Error('a fault that a new version fixes');
  };
  await bus.deliver(message({ thing: 'cup', count: 1 }));
  broken = false;
  const again = { ...(bus.published[0] as Message), topic: 'thing.counted' };
  await bus.deliver(again);
  await bus.deliver(again);
  expect(await counts()).toEqual([1]);
});

const unreadable: [what: string, reason: string, bad: Message][] = [
  ['no JSON', 'not-json', message('{"thing":')],
  ['an integer that no number holds', 'invalid-payload', message('{"thing":"cup","count":9007199254740993}')],
  ['a payload without a field', 'invalid-payload', message({ thing: 'cup' })],
  [
    'a version that the contract does not have',
    'unknown-version',
    message({ thing: 'cup', count: 1 }, { 'event-version': '2' }),
  ],
  ['no id', 'no-event-id', message({ thing: 'cup', count: 1 }, { 'event-id': '' })],
];
test.each(unreadable)(
  'a message with %s is moved to the dead-letter topic at once, as %s',
  async (_what, reason, bad) => {
    await bus.deliver(bad);
    expect(bus.published.map(({ headers }) => headers['dead-letter-reason'])).toEqual([reason]);
    expect(await counts()).toEqual([]);
  },
);

test('unknown fields are allowed', async () => {
  await bus.deliver(message({ thing: 'cup', count: 1, color: 'blue' }));
  expect(await counts()).toEqual([1]);
});

test('while the database is unavailable an event waits, and is handled afterwards', async () => {
  await postgres.stop();
  const delivered = bus.deliver(message({ thing: 'cup', count: 1 }));
  await postgres.start();
  await delivered;
  expect(await counts()).toEqual([1]);
  expect(bus.published).toEqual([]);
});

test('an unavailable dependency of the handler does not count as a failed attempt', async () => {
  let tries = 0;
  then = async () => {
    tries += 1;
    if (tries <= 4) throw new Problem('unavailable');
  };
  await bus.deliver(message({ thing: 'cup', count: 1 }));
  expect([tries, await counts(), bus.published.length]).toEqual([5, [1], 0]);
});

test('a dead letter that Kafka rejects is retried, and the event is not lost', async () => {
  bus.failNext = async () => {
    throw new Error('away');
  };
  await bus.deliver(message('nonsense'));
  expect(bus.published).toHaveLength(1);
});

test('a stop ends the wait, and the event is delivered again later', async () => {
  const tried = Promise.withResolvers<void>();
  then = async () => {
    tried.resolve();
    throw new Problem('unavailable');
  };
  const delivered = bus.deliver(message({ thing: 'cup', count: 1 }));
  await tried.promise;
  await consumer.stop();
  await expect(delivered).rejects.toThrow();
  expect([await counts(), bus.published]).toEqual([[], []]);
});

test('only inbox entries of events that cannot be delivered again are deleted', async () => {
  await bus.deliver(message({ thing: 'cup', count: 1 }));
  const recent = (await database
    .selectFrom('inbox' as never)
    .selectAll()
    .execute()) as { event_id: string }[];
  const expired = randomUUID();
  await database
    .insertInto('inbox' as never)
    .values({ event_id: expired, handled_at: new Date('2000-01-01') } as never)
    .execute();
  await deleteOld(database);
  expect(
    await database
      .selectFrom('inbox' as never)
      .selectAll()
      .execute(),
  ).toEqual(recent);
});
