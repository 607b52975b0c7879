import type { catalog } from '@groundwork/contracts/catalog';
import type { Handlers } from '@groundwork/kit';
import type { Products } from './products/products.ts';

/** Products are the same for all users and change rarely: intermediaries may cache responses. */
const CACHED = { 'cache-control': 'public, max-age=30' };

/** Handlers of the catalog contract. */
export function handlers(products: Products): Handlers<typeof catalog> {
  return {
    listProducts: async ({ query: { limit = 20, cursor, ...filter } }) => ({
      status: 200,
      headers: CACHED,
      body: await products.list(filter, limit, cursor),
    }),
    getProducts: async ({ query }) => ({
      status: 200,
      headers: CACHED,
      body: { items: await products.findAll(query.id) },
    }),
    getProduct: async ({ params }) => ({ status: 200, headers: CACHED, body: await products.find(params.id) }),
    listCategories: async () => ({ status: 200, headers: CACHED, body: { items: await products.categories() } }),
  };
}
