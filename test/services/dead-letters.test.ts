import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract, deadLetterTopic, event } from '@groundwork/contract';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Kysely } from 'kysely';
import { Type } from 'typebox';
import { replay } from '../../infra/provisioner/kafka/replay.ts';
import type { Background } from '../../services/kit/background/background.ts';
import { readConfig } from '../../services/kit/config/read.ts';
import type { EventBus, Message } from '../../services/kit/events/bus.ts';
import { newHeaders } from '../../services/kit/events/envelope.ts';
import { consume } from '../../services/kit/events/inbox/consume.ts';
import { createKafkaBus } from '../../services/kit/events/kafka/bus.ts';
import { createMetrics } from '../../services/kit/metrics/metrics.ts';
import { createDatabase } from '../../services/kit/postgres/database.ts';
import { migrate } from '../../services/kit/postgres/migrate.ts';
import { postgresVariables } from '../../services/kit/postgres/variables.ts';
import { silentLog } from '../../services/kit/testing/run.ts';
import { joinTrace } from '../../services/kit/trace/traceparent.ts';
import { startKafka, type TestKafka } from '../support/kafka/index.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const counted = event('thing.counted', 1, Type.Object({ thing: Type.String(), count: Type.Integer() }), {
  key: 'thing',
});
const shelf = contract('shelf', { consumes: [counted] });
const deadLetters = deadLetterTopic(counted.name, shelf.name);

let postgres: TestPostgres;
let kafka: TestKafka;
let bus: EventBus;
let consumer: Background;
let database: Kysely<{ seen: { thing: string; count: number } }>;
/** Things whose events the handler cannot handle. */
let broken: ReadonlySet<string> = new Set(['cup']);

beforeAll(async () => {
  postgres = await startPostgres();
  kafka = await startKafka(postgres.authority);
  await kafka.createTopics([counted.name], 3);
  await kafka.createTopics([deadLetters], 1);
  const made = await postgres.database('shelf');
  const folder = temporaryFolder('migrations');
  cpSync(join(import.meta.dirname, '../../services/kit/events/sql/inbox.sql'), join(folder, '1_inbox.sql'));
  const table = 'CREATE TABLE seen (id bigint GENERATED ALWAYS AS IDENTITY, thing text, count integer);';
  writeFileSync(join(folder, '2_seen.sql'), `-- Up Migration\n${table}`);
  await migrate({ config: readConfig(postgresVariables, made.owner), folder, log: silentLog });
  const metrics = createMetrics('shelf');
  database = createDatabase(readConfig(postgresVariables, made.app), { log: silentLog, metrics });
  const config = kafka.env('shelf') as { KAFKA_BROKERS: string; IDENTITY_DIR: string };
  bus = createKafkaBus({ config, clientId: 'shelf', log: silentLog, metrics });
  consumer = consume(
    shelf,
    {
      'thing.counted': async ({ payload }, transaction) => {
        if (broken.has(payload.thing)) throw new Error('not today');
        await transaction.insertInto('seen').values(payload).execute();
      },
    },
    { bus, database, group: 'shelf', log: silentLog, metrics, attempts: 1 },
  );
}, 120_000);
afterAll(async () => {
  await consumer?.stop();
  await bus?.close();
  await database?.destroy();
  await kafka?.remove();
  await postgres?.remove();
});

const message = (thing: string, value: string): Message => ({
  topic: counted.name,
  key: thing,
  value: Buffer.from(value),
  headers: newHeaders(counted, joinTrace(undefined)),
});
const count = (thing: string, count: number) => message(thing, JSON.stringify({ thing, count }));
const seen = async (of: string) =>
  (
    await database
      .selectFrom('seen')
      .select('count')
      .where('thing', '=', of)
      .orderBy('id' as never)
      .execute()
  ).map((row) => row.count);
const run = (dryRun = false, topic = deadLetters) => {
  const { KAFKA_BROKERS, IDENTITY_DIR } = kafka.env('provisioner') as { KAFKA_BROKERS: string; IDENTITY_DIR: string };
  const topics = [counted.name, deadLetters].map((name) => ({ name, partitions: 1, replicas: 1, settings: {} }));
  return replay({ desiredState: { brokers: [KAFKA_BROKERS], topics }, identity: IDENTITY_DIR, topic, dryRun });
};
const reasons = async (dryRun: boolean) => {
  const { total, byReason } = await run(dryRun);
  return { total, ...Object.fromEntries(byReason) };
};
const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);

test('poison messages stop nothing, and after the fix a replay has them handled once, in order', async () => {
  expect(await reasons(true)).toEqual({ total: 0 });
  const all = upTo(30).flatMap((number) => [count('cup', number), count('pot', number)]);
  await bus.publish([...all, message('cup', 'not JSON')]);
  await until(async () => (await seen('pot')).length === 30);
  expect(await seen('cup')).toEqual([]);
  const waiting = { total: 31, 'handler-failed': 30, 'not-json': 1 };
  await until(async () => (await run(true)).total === 31);
  expect(await reasons(true)).toEqual(waiting); // a dry run changes nothing

  // Replayed too early, they fail again, and are counted again.
  expect(await reasons(false)).toEqual(waiting);
  await until(async () => (await run(true)).total === 31);

  broken = new Set();
  expect(await reasons(false)).toEqual(waiting);
  await until(async () => (await seen('cup')).length === 30);
  expect(await seen('cup')).toEqual(upTo(30));
  expect(await seen('pot')).toEqual(upTo(30));
  await until(async () => (await run(true)).total === 1); // no fix makes JSON of it
});

test('a topic that is not a dead-letter topic is rejected, and the error lists those that are', async () => {
  await expect(run(true, counted.name)).rejects.toMatchObject({
    code: 'option-invalid',
    fix: expect.stringContaining(deadLetters),
  });
});
