import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'cassandra-driver';

/** Seconds until the lock of a process that was killed is free. */
const LEASE = 60;

/** A lock that one process holds at a time. */
export interface Lock {
  /** Holds it for another `LEASE`. @returns false if it was lost to another process */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Takes the keyspace's lock by lightweight transactions, and waits while another process holds it.
 * @param end `performance.now()` after which it gives up
 * @returns undefined if another process still holds it then
 */
export async function takeLock(client: Client, keyspace: string, end: number): Promise<Lock | undefined> {
  const owner = randomUUID();
  const execute = async (cql: string, ...parameters: unknown[]) => {
    const { rows } = await client.execute(cql, parameters, { prepare: true });
    return rows[0]?.['[applied]'] === true;
  };
  // Two processes may create it at once. With an id that both choose, they create the same table.
  await client.execute(
    `CREATE TABLE IF NOT EXISTS migration_lock (id text PRIMARY KEY, owner text) WITH id = ${tableId(keyspace)}`,
    [],
    { prepare: false },
  );
  const take = `INSERT INTO migration_lock (id, owner) VALUES ('lock', ?) IF NOT EXISTS USING TTL ${LEASE}`;
  const renew = () =>
    execute(`UPDATE migration_lock USING TTL ${LEASE} SET owner = ? WHERE id = 'lock' IF owner = ?`, owner, owner);
  const release = async () => void (await execute("DELETE FROM migration_lock WHERE id = 'lock' IF owner = ?", owner));
  for (let wait = 50; ; wait = Math.min(wait * 2, 1000)) {
    // An attempt that timed out may have succeeded: then the lock is ours already.
    if ((await execute(take, owner)) || (await renew())) return { renew, release };
    if (performance.now() + wait > end) return undefined;
    await delay(wait);
  }
}

/** An id of the table in this keyspace, always the same. */
function tableId(keyspace: string): string {
  const hex = createHash('sha256').update(`${keyspace}.migration_lock`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
