import pg from 'pg';
import type { TestPostgres } from '../../support/postgres.ts';
import type { Evidence, OutboxRow } from './evidence.ts';

/** What the databases contain. */
export type DatabaseEvidence = Pick<
  Evidence,
  'orders' | 'accounts' | 'outbox' | 'inbox' | 'payments' | 'ledger' | 'operations' | 'reservations' | 'notifications'
> & { readonly stock: readonly { readonly productId: string; readonly available: number }[] };

/** Events of a service, published or not. */
const OUTBOX = `SELECT topic, key, headers->>'event-id' AS "eventId", published_at IS NOT NULL AS published FROM outbox`;

/** Reads the databases as their administrator, past the links. */
export async function readDatabases(postgres: TestPostgres): Promise<DatabaseEvidence> {
  const rows = <T>(database: string, text: string) => query<T>(postgres, database, text);
  const outbox = async (service: string) =>
    (await rows<Omit<OutboxRow, 'service'>>(service, OUTBOX)).map((row) => ({ service, ...row }));
  const inbox = async (service: string) =>
    (await rows<{ id: string }>(service, 'SELECT event_id AS id FROM inbox')).map(({ id }) => id);
  return {
    orders: await rows(
      'orders',
      `SELECT id, customer_id AS "customerId", status, orders.reason, payment_method AS "paymentMethod", sequence,
        total::float AS total, state FROM orders JOIN sagas ON order_id = id`,
    ),
    accounts: (await rows<{ id: string }>('users', 'SELECT id FROM accounts')).map(({ id }) => id),
    outbox: [...(await outbox('users')), ...(await outbox('orders')), ...(await outbox('payments'))],
    inbox: [...(await inbox('notifications')), ...(await inbox('orders'))],
    payments: await rows('payments', 'SELECT id, status, amount::float AS amount FROM payments'),
    ledger: await rows(
      'payments',
      `SELECT payment_id AS "paymentId", kind, account, amount::float AS amount, currency
        FROM ledger_transactions LEFT JOIN ledger_entries ON transaction_id = ledger_transactions.id`,
    ),
    operations: await rows('payments', 'SELECT key, method, amount::float AS amount, received FROM psp_simulator'),
    stock: await rows('inventory', 'SELECT product_id AS "productId", available FROM stock'),
    reservations: await rows(
      'inventory',
      `SELECT id, status, product_id AS "productId", quantity
        FROM reservations JOIN reservation_lines ON reservation_id = id`,
    ),
    notifications: await rows(
      'notifications',
      `SELECT id, kind, user_id AS "userId", details->>'orderId' AS "orderId", sent_at IS NOT NULL AS sent FROM messages`,
    ),
  };
}

/** Runs statements as the administrator. */
export async function query<T>(postgres: TestPostgres, database: string, text: string): Promise<T[]> {
  const client = new pg.Client(postgres.admin(database));
  await client.connect();
  try {
    return (await client.query(text)).rows as T[];
  } finally {
    await client.end();
  }
}
