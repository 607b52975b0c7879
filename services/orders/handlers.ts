import type { orders as contract } from '@groundwork/contracts/orders';
import type { Context, Handlers } from '@groundwork/kit';
import type { Outbox } from '@groundwork/kit/events';
import { idempotently } from '@groundwork/kit/postgres';
import type { Kysely } from 'kysely';
import { cancelOrder, findOrder, listOrders, place } from './orders/orders.ts';
import { type Quote, quote } from './orders/quote.ts';
import type { ProductCache } from './products/product-cache.ts';
import type { Tables } from './tables.ts';

/** What the handlers use. */
export interface Dependencies {
  readonly database: Kysely<Tables>;
  readonly products: ProductCache;
  readonly outbox: Outbox<typeof contract>;
}

const NO_STORE = { 'cache-control': 'no-store' };

type RequestedLines = Parameters<typeof quote>[0];

/** Handlers of the orders contract. */
export function handlers({ database, products, outbox }: Dependencies): Handlers<typeof contract> {
  /** A function that returns the quote or throws why there is none. */
  const priceOf = async (lines: RequestedLines, context: Context): Promise<() => Quote> => {
    try {
      const ids = [...new Set(lines.map(({ productId }) => productId))];
      const priced = quote(lines, await products.find(ids, context));
      return () => priced;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  };
  return {
    placeOrder: async (request) => {
      const { body, caller, context } = request;
      // Priced before the transaction, so that no connection is held meanwhile. A repeated request gets its first
      // response even if the price cannot be had any more.
      const price = await priceOf(body.lines, context);
      return idempotently(database, request, async (transaction) => {
        const order = await place(transaction, outbox, price(), {
          customerId: caller.userId,
          paymentMethod: body.paymentMethod,
          trace: context.trace,
        });
        return { status: 202 as const, headers: { ...NO_STORE, location: `/orders/${order.id}` }, body: order };
      });
    },
    listOrders: async ({ caller, query: { limit = 20, cursor } }) => ({
      status: 200,
      headers: NO_STORE,
      body: await listOrders(database, caller.userId, limit, cursor),
    }),
    getOrder: async ({ caller, params }) => ({
      status: 200,
      headers: NO_STORE,
      body: await findOrder(database, caller.userId, params.id),
    }),
    cancelOrder: async ({ caller, params }) => ({
      status: 202,
      headers: NO_STORE,
      body: await cancelOrder(database, caller.userId, params.id),
    }),
  };
}
