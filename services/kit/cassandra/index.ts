/** A service's keyspace: connections, and migrations before each rollout. */
export { type Keyspace, openKeyspace } from './keyspace.ts';
export { type MigrateOptions, migrate } from './migrate.ts';
export { migrateMain } from './migrate-main.ts';
export { type CassandraConfig, cassandraVariables } from './variables.ts';
