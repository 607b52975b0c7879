/**
 * Metrics of the exporter that rules and dashboards may use, the same for every back end; test/postgres.e2e.test.ts checks
 * each against a real exporter. Metrics of a database have the label `datname`.
 */
export const POSTGRES_METRICS = {
  /** 1 if the exporter could log in. */
  up: 'pg_up',
  /** Connections by `datname` and `state`. */
  connections: 'pg_stat_activity_count',
  /** `max_connections` of the server. */
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
  /** Blocks found in the cache, and blocks read from disk, by `datname`, counters. */
  cacheHits: 'pg_stat_database_blks_hit',
  cacheMisses: 'pg_stat_database_blks_read',
  /** Archived files of the write-ahead log, and failed attempts, counters. */
  archived: 'pg_stat_archiver_archived_count',
  archiveFailures: 'pg_stat_archiver_failed_count',
  /** Seconds since the last file was archived. */
  archiveAge: 'pg_stat_archiver_last_archive_age',
  /** Age in transactions of the oldest row version, by `datname`: at two billion the server rejects writes. */
  wraparoundAge: 'pg_wraparound_age',
  /** Maximum replication lag in seconds, as seen by the primary; 0 without replicas. */
  replicationLag: 'pg_replication_lag',
  /** Replicas that follow the primary now. */
  replicas: 'pg_replication_replicas',
} as const;

/** A metric of PostgreSQL that rules and dashboards may use. */
export type PostgresMetric = (typeof POSTGRES_METRICS)[keyof typeof POSTGRES_METRICS];

/**
 * Metrics of PgBouncer that rules and dashboards may use; CloudNativePG derives them from `SHOW POOLS` and `SHOW STATS`.
 * @see pkg/management/pgbouncer/metricsserver in its sources, 1.28 to 1.30
 */
export const POOLER_METRICS = {
  /** 1 if the last collection failed. The operator also defines an 'up' metric, but never sets it. */
  failed: 'cnpg_pgbouncer_last_collection_error',
  /** Clients by `database` and `user` that have a connection, and clients that wait for one. */
  clientsActive: 'cnpg_pgbouncer_pools_cl_active',
  clientsWaiting: 'cnpg_pgbouncer_pools_cl_waiting',
  /** Longest current wait of a client by `database` and `user`, in whole seconds. */
  longestWait: 'cnpg_pgbouncer_pools_maxwait',
  /** Connections to the primary by `database` and `user` that are in use, and idle connections. */
  serversActive: 'cnpg_pgbouncer_pools_sv_active',
  serversIdle: 'cnpg_pgbouncer_pools_sv_idle',
  /** Transactions by `database`: a counter, although the operator declares it as a gauge. */
  transactions: 'cnpg_pgbouncer_stats_total_xact_count',
  /** Total time that clients waited by `database`, in microseconds; also a counter. */
  waited: 'cnpg_pgbouncer_stats_total_wait_time',
} as const;

/** Metrics that the exporter lacks: a query for each, in its format. */
export const QUERIES = [
  'pg_replication:',
  '  query: "SELECT coalesce(max(extract(epoch FROM replay_lag)), 0) AS lag, count(*) FILTER (WHERE state = \'streaming\') AS replicas FROM pg_stat_replication"',
  '  metrics: [{ lag: { usage: GAUGE, description: Maximum replication lag in seconds } }, { replicas: { usage: GAUGE, description: Replicas that follow the primary } }]',
  'pg_wraparound:',
  '  query: "SELECT datname, age(datfrozenxid) AS age FROM pg_database"',
  '  metrics: [{ datname: { usage: LABEL, description: Database } }, { age: { usage: GAUGE, description: Age of the oldest row version in transactions } }]',
  '',
].join('\n');
