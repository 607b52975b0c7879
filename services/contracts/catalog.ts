import { contract, Duration, postgres, route } from '@groundwork/contract';
import { Type } from 'typebox';
import { Money } from './money.ts';

/** A product for sale. */
export const Product = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.String({ examples: ['Cast-Iron Skillet 26 cm'] }),
    description: Type.String({ examples: ['Pre-seasoned pan that holds its heat.'] }),
    category: Type.String({ examples: ['Kitchen'] }),
    price: Money,
  },
  { additionalProperties: false },
);

/** Products are the same for all users and change rarely. */
const cache = { maxAge: Duration.seconds(30), maxStale: Duration.minutes(10) };

/** Products for sale. Read-heavy and public: what was read before is served while the database is unavailable. */
export const catalog = contract('catalog', {
  http: {
    listProducts: route('GET', '/products', {
      summary: 'Products by name, or by relevance when `q` is given',
      auth: 'none',
      cache,
      query: Type.Object(
        {
          q: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 200,
              examples: ['skillet'],
              description: 'Search terms, as in a web search.',
            }),
          ),
          category: Type.Optional(Type.String({ minLength: 1, maxLength: 50, examples: ['Kitchen'] })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
          cursor: Type.Optional(
            Type.String({
              maxLength: 1000,
              description: '`next` of the previous page, with the same `q` and `category`.',
            }),
          ),
        },
        { additionalProperties: false },
      ),
      reply: {
        200: Type.Object(
          {
            items: Type.Array(Product),
            next: Type.Union([Type.String(), Type.Null()], {
              description: 'Cursor of the next page; null on the last one.',
            }),
          },
          { additionalProperties: false },
        ),
      },
    }),
    // Not cached: its callers keep products themselves, and a price must not be stale twice.
    getProducts: route('GET', '/products/batch', {
      summary: 'Products by id; unknown ids are left out',
      auth: 'none',
      query: Type.Object(
        { id: Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: 50 }) },
        { additionalProperties: false },
      ),
      reply: { 200: Type.Object({ items: Type.Array(Product) }, { additionalProperties: false }) },
    }),
    getProduct: route('GET', '/products/:id', {
      summary: 'One product',
      auth: 'none',
      cache,
      params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
      reply: { 200: Product },
    }),
    recommend: route('GET', '/products/:id/recommendations', {
      summary: 'Products of the same category, those of the nearest price first',
      auth: 'none',
      cache,
      params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
      reply: {
        200: Type.Object(
          {
            items: Type.Array(Product, { maxItems: 6 }),
            available: Type.Boolean({ description: 'False while there are no recommendations to be had.' }),
          },
          { additionalProperties: false },
        ),
      },
      // A page shows them beside what was asked for: it must not wait for them, or fail with them.
      timeout: Duration.seconds(1),
      fallback: { items: [], available: false },
    }),
    listCategories: route('GET', '/categories', {
      summary: 'Categories with their number of products',
      auth: 'none',
      cache,
      reply: {
        200: Type.Object(
          {
            items: Type.Array(
              Type.Object(
                { name: Type.String({ examples: ['Kitchen'] }), products: Type.Integer({ examples: [12] }) },
                { additionalProperties: false },
              ),
            ),
          },
          { additionalProperties: false },
        ),
      },
    }),
  },
  owns: [postgres({ migrations: 'services/catalog/migrations' })],
  slo: { availability: 0.999, latency: { p99: Duration.millis(200) } },
});
