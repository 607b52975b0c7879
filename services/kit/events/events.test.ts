import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { backOff, reasonOf } from '../background/retry.ts';
import { uuidV7 } from './envelope.ts';
import { createLanes } from './kafka/lanes.ts';
import { tolerant } from './tolerant.ts';

const services = join(import.meta.dirname, '..', '..');

/** Every migration with this statement, in any service. */
function migrationsWith(statement: string): string[] {
  return readdirSync(services, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[a-z-]+\/migrations\/.*\.sql$/.test(file))
    .map((file) => readFileSync(join(services, file), 'utf8'))
    .filter((sql) => sql.includes(statement));
}

test.each([
  ['events/sql/outbox', 'CREATE TABLE outbox '],
  ['events/sql/outbox-published', 'ADD COLUMN published_at '],
  ['events/sql/inbox', 'CREATE TABLE inbox '],
  ['postgres/sql/idempotency-keys', 'CREATE TABLE idempotency_keys '],
])('law: migrations that copy %s are those of the kit', (file, statement) => {
  const found = migrationsWith(statement);
  expect(found.length).toBeGreaterThan(0);
  for (const sql of found) expect(sql).toBe(readFileSync(join(services, 'kit', `${file}.sql`), 'utf8'));
  expect(migrationsWith('ADD COLUMN published_at ')).toHaveLength(migrationsWith('CREATE TABLE outbox ').length);
});

test('ids are version 7 UUIDs that sort by time', () => {
  const ids = [1_000, 2_000, Date.now()].map((time) => uuidV7(time));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(Array.from({ length: 1000 }, () => uuidV7(5))).size).toBe(1000);
});

test('a tolerant schema allows unknown fields at any depth, and still requires the known ones', () => {
  const closed = { additionalProperties: false };
  const schema = Type.Object(
    {
      additionalProperties: Type.Optional(Type.Boolean()),
      list: Type.Array(Type.Object({ a: Type.Integer() }, closed)),
    },
    closed,
  );
  const [strict, open] = [Compile(schema), Compile(tolerant(schema))];
  const more = { list: [{ a: 1, b: 2 }], c: 3 };
  expect([strict.Check(more), open.Check(more)]).toEqual([false, true]);
  expect(open.Check({ list: [{ b: 2 }] })).toBe(false);
  expect(open.Check({ list: [], additionalProperties: 'a field by that name' })).toBe(false);
  expect(strict.Check(more)).toBe(false);
});

test('jobs of one lane keep their order, lanes run concurrently, and no more jobs are queued than the limit', async () => {
  const lanes = createLanes(3);
  const first = Promise.withResolvers<void>();
  const done: string[] = [];
  const job = (name: string, wait?: Promise<void>) => async () => {
    await wait;
    done.push(name);
  };
  await lanes.add('a', job('a1', first.promise));
  await lanes.add('a', job('a2'));
  await lanes.add('b', job('b1'));
  expect(done).toEqual(['b1']);
  first.resolve();
  await lanes.settled();
  expect(done).toEqual(['b1', 'a1', 'a2']);
});

test('after a failed job no other runs, and the failure is reported', async () => {
  const lanes = createLanes(10);
  const done: string[] = [];
  await lanes.add('a', async () => {
    throw new Error('first');
  });
  await lanes.add('a', async () => void done.push('second'));
  await expect(lanes.failed).rejects.toThrow('first');
  await lanes.settled();
  expect(done).toEqual([]);
});

test('a wait ends at once when it is aborted', async () => {
  const stopping = new AbortController();
  const waited = backOff(30, stopping.signal);
  stopping.abort();
  await waited;
});

test('the reason of an error is its root cause', () => {
  const layers = new AggregateError([new Error('outer', { cause: new TypeError('refused') })], 'failed 3 times');
  expect(reasonOf(layers)).toBe('TypeError: refused');
  expect(reasonOf('text')).toBe('text');
});
