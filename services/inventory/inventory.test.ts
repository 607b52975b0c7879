import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Duration } from '@groundwork/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { until } from '../../test/support/until.ts';
import { createMetrics, readConfig, type ServiceApp } from '../kit/index.ts';
import { createDatabase, migrate, postgresVariables } from '../kit/postgres/index.ts';
import { silentLog } from '../kit/testing/run.ts';
import { createApp, inventoryConfig } from './app.ts';
import { expiredQuery, reservations } from './reservations/reservations.ts';
import type { Tables } from './tables.ts';

let postgres: TestPostgres;
let app: ServiceApp;
let database: Kysely<Tables>;
const [first, second] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];

beforeAll(async () => {
  postgres = await startPostgres();
  const made = await postgres.database('inventory');
  const folder = join(import.meta.dirname, 'migrations');
  await migrate({ config: readConfig(postgresVariables, made.owner), folder, log: silentLog });
  const config = inventoryConfig({ ...made.app, ENVIRONMENT: 'test' });
  app = createApp(config, silentLog);
  database = createDatabase<Tables>(config, { log: silentLog, metrics: createMetrics('inventory') });
}, 60_000);
afterAll(async () => {
  await app?.server.close();
  await app?.close();
  await database?.destroy();
  await postgres.remove();
});
beforeEach(async () => {
  await database.deleteFrom('reservations').execute();
  await database.updateTable('stock').set({ available: 5 }).execute();
});

async function send(method: 'GET' | 'PUT' | 'DELETE', url: string, payload?: object) {
  const reply = await app.server.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  return { status: reply.statusCode, body: reply.json() };
}
const line = (quantity: number, productId: string = first) => ({ productId, quantity });
const reserve = async (id: string, ...lines: ReturnType<typeof line>[]) =>
  (await send('PUT', `/reservations/${id}`, { lines })).body.status;
const confirm = async (id: string) => (await send('PUT', `/reservations/${id}/confirmation`)).body.status;
const release = async (id: string) => (await send('DELETE', `/reservations/${id}`)).body.status;
const available = async (productId: string = first) =>
  (await send('GET', `/stock?productId=${productId}`)).body.items[0]?.available;

test('a reservation is taken once, however often it is requested, and confirmed once', async () => {
  const id = randomUUID();
  expect(await Promise.all([1, 2, 3].map(() => reserve(id, line(2), line(1))))).toEqual(['held', 'held', 'held']);
  expect([await confirm(id), await confirm(id), await release(id), await available()]).toEqual([
    'confirmed',
    'confirmed',
    'confirmed',
    2,
  ]);
});

test('a released reservation returns its stock once', async () => {
  const id = randomUUID();
  await reserve(id, line(2));
  expect([await release(id), await release(id), await confirm(id), await available()]).toEqual([
    'released',
    'released',
    'released',
    5,
  ]);
});

test('a reservation takes all lines or none, and stays rejected when stock arrives', async () => {
  const id = randomUUID();
  expect(await reserve(id, line(2), line(6, second))).toBe('rejected');
  await database.updateTable('stock').set({ available: 50 }).execute();
  expect([await reserve(id, line(2)), await available()]).toEqual(['rejected', 50]);
  expect(await reserve(randomUUID(), line(1, randomUUID()))).toBe('rejected');
});

test('a request to reserve that arrives after its release has no effect', async () => {
  const id = randomUUID();
  expect([await release(id), await reserve(id, line(2)), await available()]).toEqual(['released', 'released', 5]);
});

test('of many concurrent reservations of the last items, only those that fit are held', async () => {
  const lines = (index: number) => (index % 2 === 0 ? [line(1), line(1, second)] : [line(1, second), line(1)]);
  const statuses = await Promise.all(Array.from({ length: 20 }, (_, index) => reserve(randomUUID(), ...lines(index))));
  expect(statuses.filter((status) => status === 'held')).toHaveLength(5);
  expect(statuses.filter((status) => status === 'rejected')).toHaveLength(15);
  expect([await available(), await available(second)]).toEqual([0, 0]);
});

test('the database rejects a statement that would make stock negative', async () => {
  await expect(database.updateTable('stock').set({ available: -1 }).execute()).rejects.toThrow('stock_available_check');
});

test('an expired reservation returns to stock in the background', async () => {
  const id = randomUUID();
  await reserve(id, line(3));
  await database
    .updateTable('reservations')
    .set({ expires_at: new Date(0) })
    .execute();
  await until(async () => (await available()) === 5);
  expect(await confirm(id)).toBe('expired');
});

test('a confirmation after the expiry answers expired, also before the background has released it', async () => {
  const quick = reservations(database, Duration.millis(0));
  const id = randomUUID();
  await quick.reserve(id, [line(3)]);
  expect((await quick.confirm(id)).status).toBe('expired');
  expect(await available()).toBe(5);
});

test.each([
  ['a negative quantity', { lines: [line(-1)] }],
  ['a quantity of 0', { lines: [line(0)] }],
  ['no line', { lines: [] }],
  ['10,000 lines', { lines: Array.from({ length: 10_000 }, () => line(1)) }],
])('%s is an invalid request', async (_what, body) => {
  const answer = await send('PUT', `/reservations/${randomUUID()}`, body);
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request']);
});

test('an unknown reservation cannot be confirmed', async () => {
  expect((await send('PUT', `/reservations/${randomUUID()}/confirmation`)).status).toBe(404);
});

test('the search for expired reservations uses its index', async () => {
  const plan = await database.transaction().execute(async (transaction) => {
    await sql`SET LOCAL enable_seqscan = off`.execute(transaction);
    return JSON.stringify(await expiredQuery(transaction).explain('text'));
  });
  expect(plan).toContain('reservations_expiry');
});
