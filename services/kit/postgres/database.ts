import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { connection, type PostgresConfig } from './variables.ts';

/**
 * A typed pool on the service's own database. Connections are made when they are first needed; one that breaks is
 * replaced. Waiting for a free connection takes 2 s at most, a statement 10 s; the caller is then told to try again.
 */
export function createDatabase<Tables>(config: PostgresConfig, { log, metrics }: { readonly log: Logger; readonly metrics: Metrics }): Kysely<Tables> {
  const pool = new pg.Pool({
    ...connection(config),
    max: config.POSTGRES_POOL_SIZE,
    connectionTimeoutMillis: 2000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 10_000,
    application_name: 'groundwork',
  });
  // An idle connection that breaks must not end the process; the pool has dropped it already.
  pool.on('error', (error) => log.warn({ err: error }, 'idle database connection lost'));
  metrics.gauge('postgres_pool_connections', 'Connections open', () => pool.totalCount);
  metrics.gauge('postgres_pool_idle', 'Connections idle', () => pool.idleCount);
  metrics.gauge('postgres_pool_waiting', 'Requests that wait for a connection', () => pool.waitingCount);
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
