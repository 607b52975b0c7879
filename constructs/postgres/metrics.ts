/**
 * What the exporter tells, the same with every back end, as far as rules and dashboards may use it; each is looked for in what a
 * real one shows, by test/postgres.e2e.test.ts. Those of a database carry `datname`.
 */
export const POSTGRES_METRICS = {
  /** 1 if the exporter could log in. */
  up: 'pg_up',
  /** Connections by `datname` and `state`. */
  connections: 'pg_stat_activity_count',
  /** Connections that the server takes. */
  maxConnections: 'pg_settings_max_connections',
  /** Age of the oldest transaction by `datname` and `state`, in seconds. */
  transactionAge: 'pg_stat_activity_max_tx_duration',
  /** Bytes by `datname`. */
  databaseSize: 'pg_database_size_bytes',
  /** Deadlocks by `datname`, a counter. */
  deadlocks: 'pg_stat_database_deadlocks',
  /** Commits and rollbacks by `datname`, counters. */
  commits: 'pg_stat_database_xact_commit',
  rollbacks: 'pg_stat_database_xact_rollback',
  /** Blocks found in the cache, and read from below it, by `datname`, counters. */
  cacheHits: 'pg_stat_database_blks_hit',
  cacheMisses: 'pg_stat_database_blks_read',
  /** Files of the write-ahead log that are in the archive, and attempts that failed, counters. */
  archived: 'pg_stat_archiver_archived_count',
  archiveFailures: 'pg_stat_archiver_failed_count',
  /** Seconds since a file came into the archive. */
  archiveAge: 'pg_stat_archiver_last_archive_age',
  /** Age in transactions of the oldest row version, by `datname`: at two thousand million the server stops taking writes. */
  wraparoundAge: 'pg_wraparound_age',
  /** How far the replica furthest behind is behind, in seconds, as the primary sees it; 0 without replicas. */
  replicationLag: 'pg_replication_lag',
} as const;

/** A metric of PostgreSQL that may be watched. */
export type PostgresMetric = (typeof POSTGRES_METRICS)[keyof typeof POSTGRES_METRICS];

/**
 * What CloudNativePG tells of each PgBouncer, from what that answers to `SHOW POOLS` and `SHOW STATS`, as far as rules and
 * dashboards may use it. @see pkg/management/pgbouncer/metricsserver in its sources, 1.28 to 1.30
 */
export const POOLER_METRICS = {
  /** 1 if it did not answer the operator when it was last asked. It has a name for 'up' as well, and never tells it. */
  failed: 'cnpg_pgbouncer_last_collection_error',
  /** Clients by `database` and `user` that have a connection, and that wait for one. */
  clientsActive: 'cnpg_pgbouncer_pools_cl_active',
  clientsWaiting: 'cnpg_pgbouncer_pools_cl_waiting',
  /** How long the first in line has waited, by `database` and `user`, in whole seconds. */
  longestWait: 'cnpg_pgbouncer_pools_maxwait',
  /** Connections to the primary by `database` and `user` that a client has, and that are free. */
  serversActive: 'cnpg_pgbouncer_pools_sv_active',
  serversIdle: 'cnpg_pgbouncer_pools_sv_idle',
  /** Transactions by `database`: it only grows, though the operator calls it a gauge. */
  transactions: 'cnpg_pgbouncer_stats_total_xact_count',
  /** Time that clients waited by `database`, all together, in microseconds; it only grows too. */
  waited: 'cnpg_pgbouncer_stats_total_wait_time',
} as const;

/** Metrics that the exporter doesn't have of itself: a query for each, in its own format. */
export const QUERIES = [
  'pg_replication:',
  '  query: "SELECT coalesce(max(extract(epoch FROM replay_lag)), 0) AS lag FROM pg_stat_replication"',
  '  metrics: [{ lag: { usage: GAUGE, description: Seconds that the replica furthest behind is behind } }]',
  'pg_wraparound:',
  '  query: "SELECT datname, age(datfrozenxid) AS age FROM pg_database"',
  '  metrics: [{ datname: { usage: LABEL, description: Database } }, { age: { usage: GAUGE, description: Age of the oldest row version in transactions } }]',
  '',
].join('\n');
