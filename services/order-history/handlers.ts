import type { orderHistory } from '@groundwork/contracts/order-history';
import type { Handlers } from '@groundwork/kit';
import type { Keyspace } from '@groundwork/kit/cassandra';
import { historyOf } from './history.ts';

/** Handlers of the order-history contract. */
export function handlers(keyspace: Keyspace): Handlers<typeof orderHistory> {
  return {
    listHistory: async ({ caller, query: { limit = 20, cursor } }) => ({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: await historyOf(keyspace, caller.userId, limit, cursor),
    }),
  };
}
