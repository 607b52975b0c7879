import { Kysely, PostgresDialect } from 'kysely';
import type { Trust } from '../identity/index.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { IdentityPool } from './pool.ts';
import type { PostgresConfig } from './variables.ts';

export interface DatabaseOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Whose certificate logs in, unless the database has one of its own. @default what is in the identity's folder */
  readonly trust?: Trust | undefined;
}

/**
 * A typed pool on the service's own database. Connections are made when they are first needed; one that breaks is
 * replaced, and so are those whose certificate has been renewed. Waiting for a free connection takes 2 s at most, a
 * statement 10 s; the caller is then told to try again.
 * @throws ConfigurationError when the certificate can't be read
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
  metrics.gauge('postgres_pool_connections', 'Connections open', () => pool.size);
  metrics.gauge('postgres_pool_idle', 'Connections idle', () => pool.idle);
  metrics.gauge('postgres_pool_waiting', 'Requests that wait for a connection', () => pool.waiting);
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
