import { Duration } from '@groundwork/contract';
import { POSTGRES_METRICS as m } from '../../postgres/metrics.ts';
import { alert, type RuleFile } from './rule.ts';

/** Alerts for PostgreSQL servers. */
export const postgresRules: RuleFile = {
  name: 'postgres',
  of: 'postgres',
  alerts: [
    alert({
      name: 'PostgresDown',
      expr: `${m.up} == 0`,
      for: Duration.minutes(1),
      severity: 'page',
      summary: 'PostgreSQL {{ $labels.instance }} accepts no connections',
      description: 'Services that own a database respond with errors.',
      runbook: 'Check the logs of its pod for a full volume, a long recovery, or too little memory.',
      explains: [{ alert: 'WaitsForConnections' }, { alert: 'PostgresConnectionsNearLimit', sameIn: ['instance'] }],
    }),
    alert({
      name: 'PostgresConnectionsNearLimit',
      expr: `sum by (instance) (${m.connections}) / max by (instance) (${m.maxConnections}) > 0.85`,
      for: Duration.minutes(5),
      severity: 'page',
      summary: 'PostgreSQL {{ $labels.instance }} has {{ $value | humanizePercentage }} of its connections in use',
      description: 'At 100 % new connections fail.',
      runbook:
        'Check pg_stat_activity by user. Synth ensures that the pools fit, so other clients use them, or the limit was lowered manually.',
    }),
    alert({
      name: 'PostgresReplicationBehind',
      expr: `${m.replicationLag} > 60`,
      for: Duration.minutes(5),
      severity: 'page',
      summary: 'Replica {{ $labels.instance }} is {{ $value | humanizeDuration }} behind',
      description: 'If the primary is lost now, changes that the replica lacks are lost, or the failover is delayed.',
      runbook:
        'Check its volume and network, and long queries that block the replay (pg_stat_activity on the replica).',
    }),
    alert({
      name: 'PostgresReplicasLost',
      expr: `${m.replicas} == 0 and max_over_time(${m.replicas}[1d]) > 0`,
      for: Duration.minutes(1),
      severity: 'page',
      summary: 'PostgreSQL {{ $labels.instance }} has no replica any more',
      description: 'A commit that waits for a replica hangs, and if the primary is lost now, so is the data.',
      runbook:
        'Check the pods of the replicas: no node with enough resources, a full volume, or an expired certificate. Their logs have the cause.',
      explains: [{ alert: 'PostgresReplicaLost', sameIn: ['instance'] }],
    }),
    alert({
      name: 'PostgresReplicaLost',
      // A lost replica lowers the lag instead of raising it, so their number is compared with that of the last day.
      expr: `${m.replicas} < max_over_time(${m.replicas}[1d])`,
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: 'PostgreSQL {{ $labels.instance }} has fewer replicas than within the last day: {{ $value }}',
      description: 'It survives fewer failures. If the number was lowered on purpose, the alert ends after a day.',
      runbook: 'Check the pods of the replicas, their volumes and their logs.',
    }),
    alert({
      name: 'PostgresWraparoundNear',
      expr: `${m.wraparoundAge} > 1000000000`,
      for: Duration.minutes(15),
      severity: 'page',
      summary: '{{ $labels.datname }} has rows that are {{ $value | humanize }} transactions old',
      description: 'At two billion the server rejects writes to protect the data.',
      runbook:
        'Something holds vacuum back: an old transaction (pg_stat_activity), a prepared one (pg_prepared_xacts), or a replication slot (pg_replication_slots). End it, then run VACUUM in the database.',
    }),
    alert({
      name: 'PostgresArchivingFails',
      // The counter starts with the server, so that a failure before the first scrape counts too.
      expr: `increase(${m.archiveFailures}[15m]) > 0`,
      for: Duration.minutes(15),
      severity: 'page',
      summary: 'PostgreSQL {{ $labels.instance }} can’t archive its write-ahead log',
      description: 'No later time than the last archived file can be restored, and the log fills the volume.',
      runbook:
        'The server’s log has the error of the archive command, such as a full backup volume or invalid credentials of the bucket.',
      explains: [{ alert: 'DiskFilling', where: { persistentvolumeclaim: '.*postgres.*' } }],
    }),
    alert({
      name: 'PostgresTransactionOld',
      expr: `max by (instance, datname) (${m.transactionAge}) > 3600`,
      for: Duration.minutes(5),
      severity: 'ticket',
      summary: 'A transaction in {{ $labels.datname }} has been open for {{ $value | humanizeDuration }}',
      description: 'Vacuum can’t remove rows that it may still see, so tables grow and queries become slower.',
      runbook: 'pg_stat_activity, oldest xact_start: end it with pg_terminate_backend, and fix the client.',
    }),
    alert({
      name: 'PostgresDeadlocks',
      expr: `increase(${m.deadlocks}[15m]) > 3`,
      severity: 'ticket',
      summary: '{{ $labels.datname }} had {{ $value }} deadlocks within 15 minutes',
      description: 'Each deadlock rolled back one transaction; its request failed or was retried.',
      runbook: 'The server’s log has both statements: acquire locks in a consistent order.',
    }),
  ],
};
