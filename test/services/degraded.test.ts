import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { catalogConfig, createApp as createCatalog } from '../../services/catalog/app.ts';
import { createApp as createGateway, gatewayConfig } from '../../services/gateway/app.ts';
import { readConfig } from '../../services/kit/index.ts';
import { migrate, postgresVariables } from '../../services/kit/postgres/index.ts';
import { type Started, silentLog, startOnFreePorts } from '../../services/kit/testing/run.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { fixedResolver } from '../support/realm.ts';
import { until } from '../support/until.ts';

let postgres: TestPostgres;
let catalog: Started;
let gateway: Started;
/** Milliseconds that the clock is ahead. */
let ahead = 0;
const realNow = performance.now.bind(performance);

beforeAll(async () => {
  jest.spyOn(performance, 'now').mockImplementation(() => realNow() + ahead);
  postgres = await startPostgres();
  const { owner, app } = await postgres.database('catalog');
  const folder = join(import.meta.dirname, '../../services/catalog/migrations');
  await migrate({ config: readConfig(postgresVariables, owner), folder, log: silentLog });
  catalog = await startOnFreePorts(createCatalog(catalogConfig({ ...app, ENVIRONMENT: 'test' }), silentLog));
  const config = gatewayConfig({ ENVIRONMENT: 'test', TOKEN_ISSUER: 'http://shop.test' });
  const resolver = fixedResolver({ catalog: catalog.url });
  gateway = await startOnFreePorts(await createGateway(config, silentLog, resolver));
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  await catalog?.stop();
  await postgres?.remove();
  jest.restoreAllMocks();
});

/** Runs checks while the database is stopped. */
async function withoutDatabase(checks: () => Promise<void>): Promise<void> {
  await postgres.stop('immediate');
  try {
    await checks();
  } finally {
    await postgres.start();
  }
}

const product = (number: number) => `/products/00000000-0000-4000-8000-${`${number}`.padStart(12, '0')}`;
async function get(path: string) {
  const reply = await fetch(`${gateway.url}${path}`);
  const header = (name: string) => reply.headers.get(name);
  const { code, ...body } = (await reply.json()) as { code?: string; items?: unknown[]; available?: boolean };
  const [age, mark] = [header('age'), header('cache-status')];
  return {
    status: reply.status,
    code,
    body,
    age,
    mark,
    retryAfter: header('retry-after'),
    control: header('cache-control'),
  };
}

describe('while the database of the catalog is unavailable', () => {
  test('what was read before is served from the cache, marked as stale with its age, until it is too old', async () => {
    const paths = ['/products?limit=5', '/categories', product(1), `${product(1)}/recommendations`];
    const before = await Promise.all(paths.map(get));
    for (const one of before) expect(one).toMatchObject({ status: 200, age: null, mark: null });
    expect(before[0]?.control).toBe('public, max-age=30, stale-while-revalidate=600, stale-if-error=600');
    await withoutDatabase(async () => {
      expect(await get(product(1))).toMatchObject({ status: 200, age: expect.stringMatching(/^\d+$/), mark: null });
      ahead += 100_000;
      for (const [index, path] of paths.entries()) {
        const { status, body, age, mark } = await get(path);
        expect({ status, body }).toEqual({ status: 200, body: before[index]?.body });
        expect(Number(age)).toBeGreaterThanOrEqual(100);
        expect(mark).toBe(`catalog; hit; ttl=${30 - Number(age)}`);
      }
      expect(await get(product(2))).toMatchObject({ status: 503, code: 'unavailable', retryAfter: expect.any(String) });
      ahead += 600_000;
      expect(await get(product(1))).toMatchObject({ status: 503, code: 'unavailable', mark: null });
    });
    await until(async () => (await get(product(1))).status === 200);
  });

  test('there are no recommendations for what was not read before: the answer is empty, and says so', async () => {
    await withoutDatabase(async () => {
      expect(await get(`${product(3)}/recommendations`)).toMatchObject({
        status: 200,
        body: { items: [], available: false },
        control: 'no-store',
      });
    });
    await until(async () => (await get(`${product(3)}/recommendations`)).body.available === true);
    expect((await get(`${product(3)}/recommendations`)).body.items).toHaveLength(6);
  });
});

test('an expired answer is served at once and marked; the next ones are new', async () => {
  await until(async () => (await get(product(4))).status === 200);
  ahead += 31_000;
  expect((await get(product(4))).mark).toMatch(/^catalog; hit; ttl=-\d+$/);
  await until(async () => (await get(product(4))).mark === null);
});

test('while the catalog is unavailable, recommendations are empty; an unknown product is not found', async () => {
  await until(async () => (await get(`${product(999)}/recommendations`)).code === 'not-found');
  await catalog.stop();
  expect(await get(`${product(5)}/recommendations`)).toMatchObject({
    status: 200,
    body: { items: [], available: false },
  });
  expect(await get(product(5))).toMatchObject({ status: 503, code: 'unavailable' });
});
