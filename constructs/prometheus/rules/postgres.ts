import { Duration } from '@groundwork/contract';
import { POSTGRES_METRICS as m } from '../../postgres/metrics.ts';
import { alert, type RuleFile } from './rule.ts';

/** What the exporter beside each PostgreSQL server tells. */
export const postgresRules: RuleFile = {
  name: 'postgres',
  of: 'postgres',
  alerts: [
    alert({
      name: 'PostgresDown',
      expr: `${m.up} == 0`,
      for: Duration.minutes(1),
      severity: 'page',
      summary: 'PostgreSQL {{ $labels.instance }} takes no connection',
      description: 'Services that own a database answer with errors.',
      runbook: 'kubectl logs of its pod: a full volume, a recovery that takes long, or too little memory?',
      explains: [{ alert: 'WaitsForConnections' }, { alert: 'PostgresConnectionsNearLimit', sameIn: ['instance'] }],
    }),
    alert({
      name: 'PostgresConnectionsNearLimit',
      expr: `sum by (instance) (${m.connections}) / max by (instance) (${m.maxConnections}) > 0.85`,
      for: Duration.minutes(5),
      severity: 'page',
      summary: 'PostgreSQL {{ $labels.instance }} has {{ $value | humanizePercentage }} of its connections in use',
      description: 'At 100 % a service that needs another one gets an error.',
      runbook:
        'pg_stat_activity by user: whose are they? Synth checks that the pools fit, so somebody else’s, or a limit that was lowered by hand.',
    }),
    alert({
      name: 'PostgresReplicationBehind',
      expr: `${m.replicationLag} > 60`,
      for: Duration.minutes(5),
      severity: 'page',
      summary: 'Replica {{ $labels.instance }} is {{ $value | humanizeDuration }} behind',
      description: 'If the primary is lost now, what the replica doesn’t have yet is lost, or the fail-over waits.',
      runbook: 'Is its volume or network slow, or does a long query on it hold the replay up (pg_stat_activity there)?',
    }),
    alert({
      name: 'PostgresArchivingFails',
      // The counter starts with the server, so a failure before the first scrape counts too.
      expr: `increase(${m.archiveFailures}[15m]) > 0`,
      for: Duration.minutes(15),
      severity: 'page',
      summary: 'PostgreSQL {{ $labels.instance }} can’t archive its write-ahead log',
      description: 'No point in time after the last archived file can be restored, and the log fills the volume.',
      runbook:
        'The server’s log says what the archive command answered: no room on the backup volume, or the bucket’s credentials.',
      explains: [{ alert: 'DiskFilling' }],
    }),
    alert({
      name: 'PostgresTransactionOld',
      expr: `max by (instance, datname) (${m.transactionAge}) > 3600`,
      for: Duration.minutes(5),
      severity: 'ticket',
      summary: 'A transaction in {{ $labels.datname }} has been open for {{ $value | humanizeDuration }}',
      description: 'Vacuum can’t clean up what it may still see, so tables grow and queries get slower.',
      runbook: 'pg_stat_activity, oldest xact_start: end it with pg_terminate_backend, and fix who forgot it.',
    }),
    alert({
      name: 'PostgresDeadlocks',
      expr: `increase(${m.deadlocks}[15m]) > 3`,
      severity: 'ticket',
      summary: '{{ $labels.datname }} had {{ $value }} deadlocks within 15 minutes',
      description: 'Of each, one transaction was undone; its request failed or was repeated.',
      runbook: 'The server’s log has both statements: take locks in one order.',
    }),
  ],
};
