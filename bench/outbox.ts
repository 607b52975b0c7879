import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contract, Duration, event } from '@groundwork/contract';
import { createMetrics, readConfig } from '@groundwork/kit';
import { createKafkaBus, createOutbox, type Message, startRelay } from '@groundwork/kit/events';
import { createDatabase, migrate, postgresVariables } from '@groundwork/kit/postgres';
import { type Kysely, sql } from 'kysely';
import { pino } from 'pino';
import { Type } from 'typebox';
import { table } from '../infra/tools/progress.ts';
import { startKafka } from '../test/support/kafka/index.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { until } from '../test/support/until.ts';
import { median } from './load.ts';

const EVENTS = 20_000;
const ROUNDS = 3;

const happened = event('thing.happened', 1, Type.Object({ thing: Type.String(), note: Type.String() }), {
  key: 'thing',
});
const things = contract('things', { publishes: [happened] });

/**
 * Events per second from the table to the broker's acknowledgement, by one relay, with a local Postgres and a local
 * broker; compared with publishing from memory over the same bus. One broker without replicas: in production, replication
 * adds a round trip to each batch.
 */
export async function benchOutbox(): Promise<string> {
  const postgres = await startPostgres();
  const kafka = await startKafka(postgres.authority);
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-bench-'));
  const log = pino({ level: 'silent' });
  const metrics = createMetrics('things');
  const settings = await postgres.database('things');
  cpSync('services/kit/events/sql/outbox.sql', join(folder, '1_outbox.sql'));
  cpSync('services/kit/events/sql/outbox-published.sql', join(folder, '2_outbox_published.sql'));
  await migrate({ config: readConfig(postgresVariables, settings.owner), folder, log });
  const database = createDatabase<object>(readConfig(postgresVariables, settings.app), { log, metrics });
  const config = kafka.env('things') as { KAFKA_BROKERS: string; IDENTITY_DIR: string };
  const bus = createKafkaBus({ config, clientId: 'things', log, metrics });
  try {
    await kafka.createTopics([happened.name], 6);
    const memory: number[] = [];
    const relayed: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      memory.push(
        await perSecond(async () => {
          for (let sent = 0; sent < EVENTS; sent += 500)
            await bus.publish(Array.from({ length: 500 }, (_, index) => message(sent + index)));
        }),
      );
      await fill(database);
      relayed.push(
        await perSecond(async () => {
          const relay = startRelay(things, {
            database,
            bus,
            log,
            metrics: createMetrics('things'),
            interval: Duration.millis(5),
          });
          await until(() => isEmpty(database));
          await relay.stop();
        }),
      );
    }
    const row = (name: string, rounds: readonly number[]) => [
      name,
      median(rounds).toFixed(0),
      Math.min(...rounds).toFixed(0),
    ];
    return table([
      ['', 'events per second, median', 'slowest round'],
      row('outbox to broker', relayed),
      row('memory to broker', memory),
    ]);
  } finally {
    await bus.close();
    await database.destroy();
    await kafka.remove();
    await postgres.remove();
    rmSync(folder, { recursive: true });
  }
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return EVENTS / ((performance.now() - started) / 1000);
}

const payload = (index: number) => ({ thing: `thing-${index % 1000}`, note: 'x'.repeat(200) });

function message(index: number): Message {
  const { thing, note } = payload(index);
  return {
    topic: happened.name,
    key: thing,
    value: Buffer.from(JSON.stringify({ thing, note })),
    headers: { 'event-id': `${index}`, 'event-version': '1' },
  };
}

/** Emits one event, and copies its row for the others. */
async function fill(database: Kysely<object>): Promise<void> {
  await database.transaction().execute((transaction) => createOutbox(things).emit(transaction, happened, payload(0)));
  await sql`INSERT INTO outbox (topic, key, headers, payload)
    SELECT topic, 'thing-' || number % 1000, headers, payload FROM outbox, generate_series(1, ${EVENTS - 1}::int) AS number`.execute(
    database,
  );
}

async function isEmpty(database: Kysely<object>): Promise<boolean> {
  const { rows } = await sql<{ some: boolean }>`SELECT EXISTS (SELECT FROM outbox) AS some`.execute(database);
  return rows[0]?.some === false;
}
