/** A service's database: connection pool, idempotency keys, and migrations before each rollout. */
export { createDatabase } from './database.ts';
export { idempotently, type KeyedAnswer, startKeyCleanup } from './idempotency.ts';
export { type MigrateOptions, migrate } from './migrate.ts';
export { migrateMain } from './migrate-main.ts';
export { type PostgresConfig, postgresVariables } from './variables.ts';
