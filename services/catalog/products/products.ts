import type { Product as ProductSchema } from '@groundwork/contracts/catalog';
import { Problem } from '@groundwork/kit';
import { type Kysely, sql } from 'kysely';
import type { Static } from 'typebox';
import type { Tables } from '../tables.ts';
import { type Filter, listName, readCursor, writeCursor } from './cursor.ts';

type Product = Static<typeof ProductSchema>;

/** One page of products. */
export interface Page {
  readonly items: Product[];
  /** Cursor of the next page; null on the last one. */
  readonly next: string | null;
}

/** Products for sale. */
export interface Products {
  /**
   * Lists one page: by name, or by relevance if `q` is given.
   * @param limit products per page
   * @throws Problem `invalid-cursor`
   */
  list(filter: Filter, limit: number, cursor?: string): Promise<Page>;
  /** Finds a product. @throws Problem `not-found` */
  find(id: string): Promise<Product>;
  /** Categories by name, with their number of products. */
  categories(): Promise<{ name: string; products: number }[]>;
}

const COLUMNS = ['id', 'name', 'description', 'category', 'price_amount', 'currency'] as const;

/** Products in a database. */
export function products(database: Kysely<Tables>): Products {
  return {
    list: async (filter, limit, cursor) => {
      // One row more than requested shows whether there is a next page.
      const rows = await pageQuery(database, filter, limit + 1, cursor).execute();
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      const next = last === undefined ? null : writeCursor({ list: listName(filter), after: last.key, id: last.id });
      return { items: shown.map(asProduct), next };
    },
    find: async (id) => {
      const row = await database.selectFrom('products').select(COLUMNS).where('id', '=', id).executeTakeFirst();
      if (row === undefined) throw new Problem('not-found', 'no product has this id');
      return asProduct(row);
    },
    categories: () =>
      database
        .selectFrom('products')
        .select(({ fn }) => ['category as name', fn.countAll<number>().$castTo<number>().as('products')])
        .groupBy('category')
        .orderBy('category')
        .execute()
        .then((rows) => rows.map(({ name, products }) => ({ name, products: Number(products) }))),
  };
}

/** Query of one page. It starts after the cursor by comparing sort keys, so a late page costs no more than the first. */
export function pageQuery(database: Kysely<Tables>, filter: Filter, limit: number, cursor?: string) {
  const place = cursor === undefined ? undefined : readCursor(cursor, filter);
  const all = database
    .selectFrom('products')
    .select(COLUMNS)
    .$if(filter.category !== undefined, (query) => query.where('category', '=', filter.category as string))
    .limit(limit);
  if (filter.q === undefined) {
    return all
      .select(sql<string | number>`name`.as('key'))
      .$if(place !== undefined, (query) =>
        query.where(sql<boolean>`(name, id) > (${place?.after}, ${place?.id}::uuid)`),
      )
      .orderBy('name')
      .orderBy('id');
  }
  const words = sql`websearch_to_tsquery('english', ${filter.q})`;
  // float4 converts to float8 without loss, and float8 to JSON and back: so the rank in the cursor compares exactly.
  const rank = sql<string | number>`ts_rank(search, ${words})::float8`;
  return all
    .select(rank.as('key'))
    .where(sql<boolean>`search @@ ${words}`)
    .$if(place !== undefined, (query) =>
      query.where(sql<boolean>`(${rank}, id) < (${place?.after}::float8, ${place?.id}::uuid)`),
    )
    .orderBy(rank, 'desc')
    .orderBy('id', 'desc');
}

type Row = { id: string; name: string; description: string; category: string; price_amount: number; currency: string };

function asProduct({ id, name, description, category, price_amount, currency }: Row): Product {
  return { id, name, description, category, price: { amount: price_amount, currency } };
}
