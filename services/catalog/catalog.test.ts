import { join } from 'node:path';
import { fc, test as law } from '@fast-check/jest';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { readConfig, type ServiceApp } from '../kit/index.ts';
import { connection } from '../kit/postgres/connection.ts';
import { migrate } from '../kit/postgres/migrate.ts';
import { postgresVariables } from '../kit/postgres/variables.ts';
import { silentLog } from '../kit/testing/run.ts';
import { catalogConfig, createApp } from './app.ts';
import { type Filter, listName, writeCursor } from './products/cursor.ts';
import { pageQuery, products, type Tables } from './products/products.ts';

let postgres: TestPostgres;
let app: ServiceApp;
let database: Kysely<Tables>;

beforeAll(async () => {
  postgres = await startPostgres();
  const { owner, app: appEnv } = await postgres.database('catalog');
  const config = readConfig(postgresVariables, owner);
  await migrate({ config, folder: join(import.meta.dirname, 'migrations'), log: silentLog });
  app = createApp(catalogConfig({ ...appEnv, ENVIRONMENT: 'test' }), silentLog);
  // A pool without a listener throws if Postgres stops before its last connection is closed.
  const pool = new pg.Pool(connection(config)).on('error', () => {});
  database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}, 60_000);
afterAll(async () => {
  await app?.server.close();
  await app?.close();
  await database?.destroy();
  await postgres.remove();
});

async function get(url: string) {
  const reply = await app.server.inject({ method: 'GET', url });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}
type Item = { id: string; name: string; category: string };

describe('products', () => {
  test('the first products come with the migration', async () => {
    const { body } = await get('/products?limit=100');
    expect(body.items.length).toBeGreaterThanOrEqual(60);
    expect(body.next).toBeNull();
  });

  test('are listed by name, twenty at a time', async () => {
    const { body } = await get('/products');
    const names = body.items.map(({ name }: Item) => name);
    expect(names).toHaveLength(20);
    expect(names).toEqual([...names].sort());
  });

  test('several are found by their ids, which are the same in every environment; unknown ones are left out', async () => {
    const ids = [1, 2, 999].map((number) => `id=00000000-0000-4000-8000-${`${number}`.padStart(12, '0')}`).join('&');
    const { status, body } = await get(`/products/batch?${ids}`);
    expect([status, body.items.map(({ name }: Item) => name).sort()]).toEqual([
      200,
      ['Cast-Iron Skillet 26 cm', 'Enamelled Dutch Oven 5 l'],
    ]);
  });

  test('one is found by its id, and an unknown id responds 404', async () => {
    const [first] = (await get('/products?limit=1')).body.items;
    expect((await get(`/products/${first.id}`)).body).toEqual(first);
    const unknown = await get('/products/00000000-0000-4000-8000-000000000000');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not-found']);
  });

  test('categories have their number of products', async () => {
    const { body } = await get('/categories');
    const { body: kitchen } = await get('/products?category=Kitchen&limit=100');
    expect(body.items.find(({ name }: { name: string }) => name === 'Kitchen').products).toBe(kitchen.items.length);
  });

  const faulty = [
    '/products/7',
    '/products?limit=0',
    '/products?limit=101',
    '/products?limit=ten',
    '/products?q=',
    '/products?order=price',
  ];
  test.each(faulty)('%s is rejected as an invalid request', async (url) => {
    const { status, body } = await get(url);
    expect([status, body.code]).toEqual([400, 'invalid-request']);
  });
});

describe('search', () => {
  test('finds words in any form, and ranks a match in the name first', async () => {
    const { body } = await get('/products?q=lamps');
    const inName = body.items.map(({ name }: Item) => /\bLamp/.test(name));
    expect(inName).toEqual([...inName].sort().reverse());
    expect(new Set(inName)).toEqual(new Set([true, false]));
  });

  test('stays within a category when one is given', async () => {
    const { body } = await get('/products?q=light&category=Sport');
    expect(body.items.map(({ category }: Item) => category)).toEqual(body.items.map(() => 'Sport'));
    expect(body.items.length).toBeGreaterThan(0);
  });

  const odd = ["'; DROP TABLE products; --", '"unclosed', '& | !', '%', '\\', 'OR OR -'];
  test.each(odd)('accepts %j as search terms', async (q) => {
    expect((await get(`/products?q=${encodeURIComponent(q)}`)).status).toBe(200);
  });

  test('a NUL character, which Postgres cannot hold, is an invalid request', async () => {
    expect((await get('/products?q=%00x')).status).toBe(400);
  });
});

describe('plans', () => {
  // With the few seed products the planner would not use an index.
  beforeAll(async () => {
    await sql`INSERT INTO products (name, description, category, price_amount, currency)
      SELECT 'filler ' || n, 'made for the planner', 'filler', n, 'EUR' FROM generate_series(1, 20000) n`.execute(
      database,
    );
    await sql`ANALYZE products`.execute(database);
  });
  afterAll(async () => {
    await sql`DELETE FROM products WHERE category = 'filler'`.execute(database);
  });

  const place = (filter: Filter, after: string | number) =>
    writeCursor({ list: listName(filter), after, id: '00000000-0000-4000-8000-000000000000' });
  const cases: [string, Filter, string | undefined, string][] = [
    ['a search', { q: 'skillet' }, undefined, 'products_search'],
    ['a later page of a search', { q: 'skillet' }, place({ q: 'skillet' }, 0.5), 'products_search'],
    ['the list by name', {}, undefined, 'products_by_name'],
    ['a later page of the list', {}, place({}, 'filler 5'), 'products_by_name'],
    [
      'a later page of a category',
      { category: 'Kitchen' },
      place({ category: 'Kitchen' }, 'B'),
      'products_by_category',
    ],
  ];
  test.each(cases)('%s uses an index, not a table scan', async (_what, filter, cursor, index) => {
    const plan = JSON.stringify(await pageQuery(database, filter, 21, cursor).explain('text'));
    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan');
  });
});

describe('pages', () => {
  const walk = async (
    filter: Filter,
    limit: number,
    between: (page: number) => Promise<void> = async () => {},
  ): Promise<string[]> => {
    const ids: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page === 0 || cursor !== undefined; page += 1) {
      const { items, next } = await products(database).list(filter, limit, cursor);
      ids.push(...items.map(({ id }) => id));
      cursor = next ?? undefined;
      await between(page);
    }
    return ids;
  };
  const filters = fc.constantFrom<Filter>(
    {},
    { category: 'Kitchen' },
    { q: 'steel' },
    { q: 'light OR warm' },
    { q: 'steel', category: 'Kitchen' },
  );

  law.prop([filters, fc.integer({ min: 1, max: 30 })], { numRuns: 40 })(
    'law: pages put together are the whole list, in order, nothing twice',
    async (filter, limit) => {
      expect(await walk(filter, limit)).toEqual(await walk(filter, 1000));
    },
  );

  law.prop(
    [
      filters,
      fc.integer({ min: 1, max: 15 }),
      fc.array(fc.constantFrom('Aardvark', 'Moon Lamp', 'Zither'), { maxLength: 6 }),
    ],
    { numRuns: 20 },
  )(
    'law: products that are added in between neither hide nor repeat any that were there',
    async (filter, limit, names) => {
      const before = await walk(filter, 1000);
      const added: string[] = [];
      const seen = await walk(filter, limit, async (page) => {
        const name = names[page];
        if (name === undefined) return;
        const { id } = await database
          .insertInto('products')
          .values({
            name,
            description: 'a light and warm thing of steel',
            category: 'Kitchen',
            price_amount: 1,
            currency: 'EUR',
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        added.push(id);
      });
      if (added.length > 0) await database.deleteFrom('products').where('id', 'in', added).execute();
      expect(seen.filter((id) => !added.includes(id))).toEqual(before);
      expect(new Set(seen).size).toBe(seen.length);
    },
  );

  const valid = writeCursor({ list: listName({}), after: 'A', id: '00000000-0000-4000-8000-000000000000' });
  const forged: [string, string][] = [
    ['is nonsense', '/products?cursor=nonsense'],
    ['belongs to another list', `/products?category=Kitchen&cursor=${valid}`],
    ['is of a search without one', `/products?q=steel&cursor=${valid}`],
    [
      'holds a rank where a name is due',
      `/products?cursor=${writeCursor({ list: listName({}), after: 1, id: '00000000-0000-4000-8000-000000000000' })}`,
    ],
    ['holds no id', `/products?cursor=${writeCursor({ list: listName({}), after: 'A', id: 'x' })}`],
  ];
  test.each(forged)('a cursor that %s is rejected', async (_what, url) => {
    const { status, body } = await get(url);
    expect([status, body.code]).toEqual([400, 'invalid-cursor']);
  });

  test('a cursor is accepted as the service wrote it', async () => {
    expect((await get(`/products?cursor=${valid}`)).status).toBe(200);
  });
});
