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
  /** Replicas that follow the primary now, and those of them that commits wait for. */
  replicas: 'pg_replication_replicas',
  syncReplicas: 'pg_replication_sync_replicas',
  /** Files of the write-ahead log that wait to be archived. */
  archiveWaiting: 'pg_archive_waiting',
  /** Bytes of the write-ahead log that the slot furthest behind retains; 0 without slots. */
  slotRetained: 'pg_slots_retained_bytes',
  /** Bytes that may be written before the first slot loses what it needs; NaN without a limit. */
  slotLeft: 'pg_slots_left_bytes',
  /** Slots that have lost what they need. */
  slotsLost: 'pg_slots_lost',
} as const;

/** Unix time at which the last complete backup ended, by back end; 0 without one, no series without backups. */
export const BACKUP_METRICS = {
  builtin: 'pg_backup_last_stop',
  /** @see https://cloudnative-pg.io/plugin-barman-cloud/docs/observability/ */
  cnpg: 'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp',
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
  "  query: \"SELECT coalesce(max(extract(epoch FROM replay_lag)), 0) AS lag, count(*) FILTER (WHERE state = 'streaming') AS replicas, count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')) AS sync_replicas FROM pg_stat_replication\"",
  '  metrics: [{ lag: { usage: GAUGE, description: Maximum replication lag in seconds } }, { replicas: { usage: GAUGE, description: Replicas that follow the primary } }, { sync_replicas: { usage: GAUGE, description: Replicas that commits wait for } }]',
  'pg_archive:',
  '  query: "SELECT count(*) AS waiting FROM pg_ls_archive_statusdir() WHERE name LIKE \'%.ready\'"',
  '  metrics: [{ waiting: { usage: GAUGE, description: Files of the write-ahead log that wait to be archived } }]',
  'pg_slots:',
  '  query: "SELECT coalesce(max(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn)), 0) AS retained_bytes, min(safe_wal_size) AS left_bytes, count(*) FILTER (WHERE wal_status = \'lost\') AS lost FROM pg_replication_slots"',
  '  metrics: [{ retained_bytes: { usage: GAUGE, description: Bytes retained by the slot furthest behind } }, { left_bytes: { usage: GAUGE, description: Bytes until the first slot is lost } }, { lost: { usage: GAUGE, description: Lost slots } }]',
  'pg_wraparound:',
  '  query: "SELECT datname, age(datfrozenxid) AS age FROM pg_database"',
  '  metrics: [{ datname: { usage: LABEL, description: Database } }, { age: { usage: GAUGE, description: Age of the oldest row version in transactions } }]',
  '',
].join('\n');

/** Table in the database `postgres` with the end of each complete backup in the repository, which the server itself does not know. */
export const BACKUP_TABLE = [
  'CREATE TABLE IF NOT EXISTS backups (stopped timestamptz PRIMARY KEY)',
  'GRANT SELECT ON backups TO monitor',
] as const;

/** Makes the table agree with `pgbackrest info --output=json`, the variable `info` of psql; writes nothing if it does. */
export const BACKUPS_SQL = `${[
  "CREATE TEMPORARY TABLE found AS SELECT DISTINCT to_timestamp((backup #>> '{timestamp,stop}')::float8) AS stopped",
  "  FROM jsonb_array_elements(coalesce(:'info'::jsonb #> '{0,backup}', '[]')) AS backup",
  "  WHERE NOT coalesce((backup ->> 'error')::boolean, false);",
  'INSERT INTO backups SELECT stopped FROM found ON CONFLICT DO NOTHING;',
  'DELETE FROM backups WHERE stopped NOT IN (SELECT stopped FROM found);',
].join('\n')}\n`;

/** The query of `BACKUP_METRICS.builtin`. */
export const BACKUP_QUERIES = [
  'pg_backup:',
  '  query: "SELECT coalesce(extract(epoch FROM max(stopped)), 0) AS last_stop FROM backups"',
  '  metrics: [{ last_stop: { usage: GAUGE, description: Unix time at which the last complete backup ended } }]',
  '',
].join('\n');
