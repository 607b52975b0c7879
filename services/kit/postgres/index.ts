/** A service's database: connection pool, and migrations before each rollout. */
export { createDatabase } from './database.ts';
export { type MigrateOptions, migrate } from './migrate.ts';
export { migrateMain } from './migrate-main.ts';
export { type PostgresConfig, postgresVariables } from './variables.ts';
