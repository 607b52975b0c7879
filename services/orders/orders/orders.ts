import { randomUUID } from 'node:crypto';
import { orderPlaced } from '@groundwork/contracts/order-events';
import type { orders as contract, Order as OrderSchema } from '@groundwork/contracts/orders';
import { Problem, type Trace, traceparent } from '@groundwork/kit';
import type { Outbox } from '@groundwork/kit/events';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Static } from 'typebox';
import { eventPayload } from '../event-payload.ts';
import { FIRST, type State, stepOf } from '../saga/states.ts';
import { move } from '../saga/store.ts';
import type { Tables } from '../tables.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { Quote } from './quote.ts';

/** An order as its customer sees it. */
export type Order = Static<typeof OrderSchema>;

/** Who places an order, and how it is paid. */
export interface Placement {
  readonly customerId: string;
  readonly paymentMethod: string;
  /** Trace of the request. */
  readonly trace: Trace;
}

/** Stores an order, its saga and its event `order.placed`, in the given transaction. */
export async function place(
  transaction: Transaction<Tables>,
  outbox: Outbox<typeof contract>,
  { lines, total, currency }: Quote,
  { customerId, paymentMethod, trace }: Placement,
): Promise<Order> {
  const now = new Date();
  const order = await transaction
    .insertInto('orders')
    .values({
      id: randomUUID(),
      customer_id: customerId,
      status: 'placed',
      reason: null,
      lines: JSON.stringify(lines),
      total,
      currency,
      payment_method: paymentMethod,
      sequence: 1,
      placed_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await transaction
    .insertInto('sagas')
    .values({ order_id: order.id, state: FIRST, reason: null, due_at: sql<Date>`now()`, trace: traceparent(trace) })
    .execute();
  await outbox.emit(transaction, orderPlaced, eventPayload(order), trace);
  return asOrder({ ...order, state: FIRST });
}

/** Finds an order of a customer. @throws Problem `not-found`, also for an order of another customer */
export async function findOrder(database: Kysely<Tables>, customerId: string, id: string): Promise<Order> {
  const row = await joined(database).where('id', '=', id).where('customer_id', '=', customerId).executeTakeFirst();
  if (row === undefined) throw new Problem('not-found', 'you have no order with this id');
  return asOrder(row);
}

/** Lists one page of a customer's orders, newest first. @throws Problem `invalid-cursor` */
export async function listOrders(database: Kysely<Tables>, customerId: string, limit: number, cursor?: string) {
  // One row more than requested shows whether there is a next page.
  const rows = await pageQuery(database, customerId, limit + 1, cursor).execute();
  const items = rows.slice(0, limit).map(asOrder);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, next: last === undefined ? null : writeCursor({ placedAt: last.placedAt, id: last.id }) };
}

/** Query of one page. It starts after the cursor by comparing sort keys, so a late page costs no more than the first. */
export function pageQuery(database: Kysely<Tables>, customerId: string, limit: number, cursor?: string) {
  const place = cursor === undefined ? undefined : readCursor(cursor);
  return joined(database)
    .where('customer_id', '=', customerId)
    .$if(place !== undefined, (query) =>
      query.where(sql<boolean>`(placed_at, id) < (${place?.placedAt}::timestamptz, ${place?.id}::uuid)`),
    )
    .orderBy('placed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
}

/**
 * Cancels an order of a customer. Canceling it again has no effect.
 * @throws Problem `not-found`, or `order-confirmed` if it is too late
 */
export async function cancelOrder(database: Kysely<Tables>, customerId: string, id: string): Promise<Order> {
  await findOrder(database, customerId, id);
  await database.transaction().execute(async (transaction) => {
    const { state } = await transaction
      .selectFrom('sagas')
      .select('state')
      .where('order_id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (state === 'confirming' || state === 'confirmed') throw new Problem('order-confirmed');
    const cancel = stepOf(state)?.cancel;
    if (cancel !== undefined) await move(transaction, id, state, cancel);
  });
  return findOrder(database, customerId, id);
}

type Row = Selectable<Tables['orders']> & { readonly state: State };

function joined(database: Kysely<Tables>) {
  return database
    .selectFrom('orders')
    .innerJoin('sagas', 'sagas.order_id', 'orders.id')
    .selectAll('orders')
    .select('sagas.state');
}

function asOrder(row: Row): Order {
  const service = stepOf(row.state)?.service;
  return {
    id: row.id,
    status: row.status,
    ...(service === undefined ? {} : { waitingFor: service }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    lines: row.lines,
    total: { amount: Number(row.total), currency: row.currency },
    placedAt: row.placed_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
