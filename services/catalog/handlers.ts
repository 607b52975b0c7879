import type { catalog } from '@groundwork/contracts/catalog';
import type { Handlers } from '@groundwork/kit';
import type { Products } from './products/products.ts';

/** Handlers of the catalog contract. */
export function handlers(products: Products): Handlers<typeof catalog> {
  return {
    listProducts: async ({ query: { limit = 20, cursor, ...filter } }) => ({
      status: 200,
      body: await products.list(filter, limit, cursor),
    }),
    getProducts: async ({ query }) => ({ status: 200, body: { items: await products.findAll(query.id) } }),
    getProduct: async ({ params }) => ({ status: 200, body: await products.find(params.id) }),
    recommend: async ({ params }) => ({
      status: 200,
      body: { items: await products.similar(params.id), available: true },
    }),
    listCategories: async () => ({ status: 200, body: { items: await products.categories() } }),
  };
}
