import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '@fast-check/jest';
import { contract, Duration, event } from '@groundwork/contract';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Kysely } from 'kysely';
import { Type } from 'typebox';
import { startKafka, type TestKafka } from '../../../test/support/kafka/index.ts';
import { startPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { until } from '../../../test/support/until.ts';
import type { Background } from '../background/background.ts';
import { readConfig } from '../config/read.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createDatabase } from '../postgres/database.ts';
import { migrate } from '../postgres/migrate.ts';
import { postgresVariables } from '../postgres/variables.ts';
import { silentLog } from '../testing/run.ts';
import type { EventBus } from './bus.ts';
import { consume } from './inbox/consume.ts';
import { createKafkaBus } from './kafka/bus.ts';
import { createOutbox } from './outbox/outbox.ts';
import { startRelay } from './outbox/relay.ts';

jest.setTimeout(240_000);

const counted = event('thing.counted', 1, Type.Object({ thing: Type.String(), count: Type.Integer() }), {
  key: 'thing',
});
const things = contract('things', { publishes: [counted] });
const shelf = contract('shelf', { consumes: [counted] });
const THINGS = ['cup', 'pot', 'pan', 'jug'];

interface Tables {
  readonly seen: { readonly thing: string; readonly count: number };
}

let postgres: TestPostgres;
let kafka: TestKafka;
let database: Kysely<Tables>;
let config: { KAFKA_BROKERS: string; IDENTITY_DIR: string };

beforeAll(async () => {
  postgres = await startPostgres();
  kafka = await startKafka(postgres.authority);
  await kafka.createTopics(['thing.counted', 'thing.counted.shelf.dlt'], 3);
  config = kafka.env('things') as typeof config;
  const made = await postgres.database('things');
  const folder = temporaryFolder('migrations');
  for (const [index, file] of ['outbox', 'outbox-published', 'inbox'].entries())
    cpSync(join(import.meta.dirname, 'sql', `${file}.sql`), join(folder, `${index}_${file}.sql`));
  writeFileSync(
    join(folder, '3_seen.sql'),
    '-- Up Migration\nCREATE TABLE seen (id bigint GENERATED ALWAYS AS IDENTITY, thing text, count integer);\n',
  );
  await migrate({ config: readConfig(postgresVariables, made.owner), folder, log: silentLog });
  database = createDatabase<Tables>(readConfig(postgresVariables, made.app), {
    log: silentLog,
    metrics: createMetrics('things'),
  });
}, 120_000);
afterAll(async () => {
  await database?.destroy();
  await kafka?.remove();
  await postgres?.remove();
});

const connect = () =>
  createKafkaBus({
    config,
    clientId: 'things',
    log: silentLog,
    metrics: createMetrics('kafka'),
    session: Duration.seconds(2),
  });
const relayOn = (bus: EventBus) =>
  startRelay(things, {
    database,
    bus,
    log: silentLog,
    metrics: createMetrics('things'),
    batch: 5,
    retention: Duration.hours(1),
    interval: Duration.millis(5),
  });
/** Records in its transaction which events it handles, in order. */
const consumerOn = (bus: EventBus) =>
  consume(
    shelf,
    {
      'thing.counted': async ({ payload: { thing, count } }, transaction) =>
        void (await transaction.insertInto('seen').values({ thing, count }).execute()),
    },
    { bus, database, group: 'shelf', log: silentLog, metrics: createMetrics('shelf') },
  );

/** A bus in which one publish fails halfway, or the offset of one handled message is not committed. */
function faulty(bus: EventBus, fault: 'publish' | 'commit'): EventBus {
  let due = true;
  const once = (): boolean => {
    const mine = due;
    due = false;
    return mine;
  };
  return {
    ...bus,
    publish: async (messages) => {
      if (fault !== 'publish' || !once()) return bus.publish(messages);
      await bus.publish(messages.slice(0, Math.ceil(messages.length / 2)));
      throw new Error('torn off');
    },
    subscribe: (options) =>
      bus.subscribe({
        ...options,
        handle: async (delivery, stopping) => {
          await options.handle(delivery, stopping);
          if (fault === 'commit' && once()) throw new Error('died before the commit');
        },
      }),
  };
}

type Trouble =
  | 'another consumer'
  | 'consumer leaves'
  | 'torn publish'
  | 'lost commit'
  | 'another relay'
  | 'renewed certificate';
const troubles = fc.array(
  fc.constantFrom<Trouble>(
    'another consumer',
    'consumer leaves',
    'torn publish',
    'lost commit',
    'another relay',
    'renewed certificate',
  ),
  { minLength: 4, maxLength: 8 },
);

test('law: whatever starts, stops or fails, each event is handled once, and in order per key', async () => {
  let counts = 0; // continues across runs, which share a topic
  const all = fc.asyncProperty(troubles, async (list) => {
    const buses: EventBus[] = [];
    const bus = () => {
      buses.push(connect());
      return buses.at(-1) as EventBus;
    };
    const relays: Background[] = [relayOn(bus())];
    const consumers: Background[] = [consumerOn(bus())];
    const happens: Readonly<Record<Trouble, () => Promise<unknown> | unknown>> = {
      'another consumer': () => consumers.push(consumerOn(bus())),
      'consumer leaves': () => (consumers.length > 1 ? consumers.shift()?.stop() : undefined),
      'torn publish': () => relays.push(relayOn(faulty(bus(), 'publish'))),
      'lost commit': () => consumers.push(consumerOn(faulty(bus(), 'commit'))),
      'another relay': () => relays.push(relayOn(bus())),
      'renewed certificate': () => kafka.rotate('things'),
    };
    let done = false;
    const emitted = (async () => {
      for (let each = 0; each < 60; each += 1, counts += 1) {
        const count = counts;
        await Promise.all(THINGS.map((thing) => emit(thing, count)));
      }
      done = true;
    })();
    try {
      for (const trouble of list) {
        const before = await seen();
        await happens[trouble]();
        await until(async () => done || (await seen()) > before);
      }
      await emitted;
      await until(async () => (await seen()) >= counts * THINGS.length);
    } finally {
      await emitted;
      await Promise.all([...relays, ...consumers].map((each) => each.stop()));
      await Promise.all(buses.map((each) => each.close()));
    }
    for (const thing of THINGS)
      expect(await orderOf(thing)).toEqual(Array.from({ length: counts }, (_, count) => count));
  });
  await fc.assert(all, { numRuns: 5, endOnFailure: true });
});

/** On a busy machine a connection may exceed the timeout of the pool; nothing was written then. */
async function emit(thing: string, count: number): Promise<void> {
  for (;;) {
    try {
      await database
        .transaction()
        .execute((transaction) => createOutbox(things).emit(transaction, counted, { thing, count }));
      return;
    } catch (error) {
      if (!/timeout/.test((error as Error).message)) throw error;
    }
  }
}

async function seen(): Promise<number> {
  const { count } = await database
    .selectFrom('seen')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function orderOf(thing: string): Promise<number[]> {
  const rows = await database
    .selectFrom('seen')
    .select('count')
    .where('thing', '=', thing)
    .orderBy('id' as never)
    .execute();
  return rows.map(({ count }) => count);
}
