import { setTimeout as delay } from 'node:timers/promises';
import type { TestPostgres } from '../../support/postgres.ts';
import { query } from './databases.ts';

/** What must be zero before the checker reads, by what it counts: database and statement. */
const WORK: Readonly<Record<string, readonly [string, string]>> = {
  'orders that are not final': ['orders', `SELECT count(*)::int AS count FROM sagas WHERE due_at IS NOT NULL`],
  'payments to ask about': ['payments', `SELECT count(*)::int AS count FROM payments WHERE due_at IS NOT NULL`],
  'reservations that are held': ['inventory', `SELECT count(*)::int AS count FROM reservations WHERE status = 'held'`],
  'orders events to publish': ['orders', 'SELECT count(*)::int AS count FROM outbox WHERE published_at IS NULL'],
  'payments events to publish': ['payments', 'SELECT count(*)::int AS count FROM outbox WHERE published_at IS NULL'],
  'users events to publish': ['users', 'SELECT count(*)::int AS count FROM outbox WHERE published_at IS NULL'],
  'messages to send': [
    'notifications',
    `SELECT count(*)::int AS count FROM messages WHERE sent_at IS NULL AND failed_at IS NULL`,
  ],
};

/**
 * Waits until no work is left.
 * @param limit in milliseconds
 * @returns what is left at the limit; empty if all is done
 */
export async function untilQuiescent(postgres: TestPostgres, limit: number): Promise<readonly string[]> {
  const end = performance.now() + limit;
  for (;;) {
    const left: string[] = [];
    for (const [what, [database, text]] of Object.entries(WORK)) {
      const [row] = await query<{ count: number }>(postgres, database, text);
      if ((row?.count ?? 0) > 0) left.push(`${row?.count} ${what}`);
    }
    if (left.length === 0 || performance.now() > end) return left;
    await delay(250);
  }
}
