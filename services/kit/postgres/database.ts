import { Kysely, PostgresDialect } from 'kysely';
import type { Trust } from '../identity/index.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { IdentityPool } from './pool.ts';
import type { PostgresConfig } from './variables.ts';

export interface DatabaseOptions {
  /** Receives lost connections. */
  readonly log: Logger;
  /** Shows the size of the pool. */
  readonly metrics: Metrics;
  /** Certificate for the login, unless POSTGRES_IDENTITY_DIR is set. @default the certificate in the identity folder */
  readonly trust?: Trust | undefined;
}

/**
 * Creates a typed connection pool on the service's database. Connections are opened on first use; broken ones are
 * replaced, and so are those whose certificate has been renewed. Waiting for a free connection times out after 2 s, a
 * statement after 10 s; both become the Problem `unavailable`, so the caller may retry.
 * @throws ConfigurationError `certificate-unreadable` if the certificate cannot be read
 */
export function createDatabase<Tables>(
  config: PostgresConfig,
  { log, metrics, trust }: DatabaseOptions,
): Kysely<Tables> {
  const settings = {
    max: config.POSTGRES_POOL_SIZE,
    connectionTimeoutMillis: 2000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 10_000,
    application_name: 'groundwork',
  };
  const pool = new IdentityPool(config, {
    settings,
    certificate: config.POSTGRES_IDENTITY_DIR === undefined ? trust?.identity : undefined,
    onLost: (error) => log.warn({ err: error }, 'idle database connection lost'),
  });
  metrics.gauge('postgres_pool_connections', 'Open connections', () => pool.size);
  metrics.gauge('postgres_pool_idle', 'Idle connections', () => pool.idle);
  metrics.gauge('postgres_pool_waiting', 'Requests waiting for a connection', () => pool.waiting);
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
