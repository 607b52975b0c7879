import { Duration, textAt } from '@groundwork/contract';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type Background, inBackground } from '../background/background.ts';
import { Problem } from '../errors/problem.ts';
import type { Idempotency } from '../idempotency/key.ts';
import type { Logger } from '../log/logger.ts';
import type { Context } from '../operation.ts';

/** A response that can be stored: its body is JSON. */
export interface KeyedAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How long a key and its response are kept, at least. */
const RETENTION = Duration.hours(24);

/** Part of the deadline that is left to respond after waiting for another request. */
const TIME_TO_ANSWER = Duration.millis(250);

/**
 * Executes a request once: its key, the changes of `work` and the response are committed in one transaction (table
 * `idempotency_keys`, `sql/idempotency-keys.sql`). A repeated request gets the stored response, with the header
 * `idempotency-replayed: true`. While the first one runs, it waits. If `work` throws, or its status is 5xx, everything is
 * rolled back, and the next request with the key is executed. Without a key, `work` runs in a transaction each time.
 *
 * `work` must make all its changes in the transaction. Do not use it where the request or the response has a secret:
 * the response, and a hash of the request, are stored.
 * @throws Problem `idempotency-key-reused` if the key was used for other values, `idempotency-key-in-use` if the first
 *   request still runs at the end of the deadline
 */
export async function idempotently<T, A extends KeyedAnswer>(
  database: Kysely<T>,
  { idempotency, context }: { readonly idempotency: Idempotency | undefined; readonly context: Context },
  work: (transaction: Transaction<T>) => Promise<A>,
): Promise<A> {
  if (idempotency === undefined) return database.transaction().execute(work);
  try {
    return await database.transaction().execute(async (transaction) => {
      if (!(await reserve(transaction, idempotency, context))) return replay<T, A>(transaction, idempotency);
      const answer = await work(transaction);
      if (answer.status >= 500) throw new Failed(answer);
      await store(transaction, idempotency, answer);
      return answer;
    });
  } catch (error) {
    if (error instanceof Failed) return error.answer as A;
    throw error;
  }
}

/** Rolls back a transaction whose request failed. */
class Failed extends Error {
  public readonly answer: KeyedAnswer;

  public constructor(answer: KeyedAnswer) {
    super(`status ${answer.status}`);
    this.answer = answer;
  }
}

/** SQLSTATE `lock_not_available`. */
const LOCK_TIMEOUT = '55P03';

/** Inserts the key, after waiting for a transaction that has inserted it. @returns false if it exists already */
async function reserve<T>(
  transaction: Transaction<T>,
  { operation, caller, key, fingerprint }: Idempotency,
  { deadline }: Context,
): Promise<boolean> {
  const wait = Math.max(1, deadline.remaining() - TIME_TO_ANSWER.toMilliseconds());
  await sql`SELECT set_config('lock_timeout', ${`${wait}ms`}, true)`.execute(transaction);
  try {
    const { rows } = await sql`INSERT INTO idempotency_keys (operation, caller, key, fingerprint)
      VALUES (${operation}, ${caller}, ${key}, ${fingerprint}) ON CONFLICT DO NOTHING RETURNING key`.execute(
      transaction,
    );
    return rows.length === 1;
  } catch (error) {
    if (textAt(error, 'code') !== LOCK_TIMEOUT) throw error;
    throw new Problem('idempotency-key-in-use', undefined, { cause: error, headers: { 'retry-after': '1' } });
  }
}

async function replay<T, A extends KeyedAnswer>(
  transaction: Transaction<T>,
  { operation, caller, key, fingerprint }: Idempotency,
): Promise<A> {
  const { rows } = await sql<{ same: boolean; status: number; headers: Record<string, string>; body: unknown }>`
    SELECT fingerprint = ${fingerprint} AS same, status, headers, body FROM idempotency_keys
    WHERE (operation, caller, key) = (${operation}, ${caller}, ${key})`.execute(transaction);
  const [stored] = rows;
  // Deleted since the insert: its time was over.
  if (stored === undefined) throw new Problem('unavailable', undefined, { headers: { 'retry-after': '1' } });
  if (!stored.same) throw new Problem('idempotency-key-reused', 'use a new key for a request with other values');
  const { status, headers, body } = stored;
  return { status, body, headers: { ...headers, 'idempotency-replayed': 'true' } } as unknown as A;
}

async function store<T>(
  transaction: Transaction<T>,
  { operation, caller, key }: Idempotency,
  { status, headers = {}, body }: KeyedAnswer,
): Promise<void> {
  await sql`UPDATE idempotency_keys
    SET status = ${status}, headers = ${JSON.stringify(headers)}, body = ${JSON.stringify(body ?? null)}
    WHERE (operation, caller, key) = (${operation}, ${caller}, ${key})`.execute(transaction);
}

/** Rows deleted in one statement. */
const CLEANUP_BATCH = 5000;

/** Deletes idempotency keys older than 24 hours, every ten minutes, until stopped. Every pod may run it. */
export function startKeyCleanup<T>(database: Kysely<T>, log: Logger): Background {
  const step = async (): Promise<boolean> => {
    const { numAffectedRows = 0n } = await sql`DELETE FROM idempotency_keys WHERE (operation, caller, key) IN (
      SELECT operation, caller, key FROM idempotency_keys
      WHERE created_at < now() - make_interval(secs => ${RETENTION.toSeconds()})
      LIMIT ${CLEANUP_BATCH} FOR UPDATE SKIP LOCKED)`.execute(database);
    return numAffectedRows === BigInt(CLEANUP_BATCH);
  };
  return inBackground(step, {
    failure: 'could not delete old idempotency keys; retrying',
    log,
    interval: Duration.minutes(10),
  });
}
