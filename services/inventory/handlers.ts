import type { inventory } from '@groundwork/contracts/inventory';
import type { Handlers } from '@groundwork/kit';
import type { Kysely } from 'kysely';
import { type Reservations, stockOf } from './reservations/reservations.ts';
import type { Tables } from './tables.ts';

/** Handlers of the inventory contract. */
export function handlers(reservations: Reservations, database: Kysely<Tables>): Handlers<typeof inventory> {
  return {
    reserve: async ({ params, body }) => ({ status: 200, body: await reservations.reserve(params.id, body.lines) }),
    confirm: async ({ params }) => ({ status: 200, body: await reservations.confirm(params.id) }),
    release: async ({ params }) => ({ status: 200, body: await reservations.release(params.id) }),
    getStock: async ({ query }) => ({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { items: await stockOf(database, query.productId) },
    }),
  };
}
