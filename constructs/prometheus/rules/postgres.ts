import { Duration } from '@groundwork/contract';
import { INSTANCES } from '../../postgres/constants.ts';
import { BACKUP_METRICS, POSTGRES_METRICS as m } from '../../postgres/metrics.ts';
import { type Alert, alert, type RuleFile } from './rule.ts';

/** End of the last complete backup; only one back end has it. */
const LAST_BACKUP = `max(${BACKUP_METRICS.builtin} or ${BACKUP_METRICS.cnpg})`;

/** Alerts for PostgreSQL servers. @param jobs names of all targets */
export function postgresRules(jobs: readonly string[]): RuleFile {
  return { name: 'postgres', of: 'postgres', alerts: [...alerts, noBackup(jobs.includes(INSTANCES))] };
}

/** @param expected whether the metric must exist; the builtin back end may run without backups */
function noBackup(expected: boolean): Alert {
  const old = `time() - ${LAST_BACKUP} > ${Duration.days(3).toSeconds()}`;
  return alert({
    name: 'PostgresNoBackup',
    expr: expected ? `${old} or absent(${BACKUP_METRICS.cnpg})` : old,
    for: Duration.hours(2),
    severity: 'page',
    summary: 'PostgreSQL has no complete backup of the last three days',
    description: 'Without a backup, archived write-ahead log restores nothing: a lost volume would be lost data.',
    runbook: 'The log of the last backup has the error: a killed process, a full repository, or invalid credentials.',
    explains: [{ alert: 'PostgresBackupOld' }],
  });
}

const alerts: readonly Alert[] = [
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
    runbook: 'Check its volume and network, and long queries that block the replay (pg_stat_activity on the replica).',
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
    explains: ['PostgresReplicaLost', 'PostgresNoSyncReplica'].map((name) => ({ alert: name, sameIn: ['instance'] })),
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
    explains: [
      { alert: 'DiskFilling', where: { persistentvolumeclaim: '.*postgres.*' } },
      { alert: 'PostgresArchiverHangs', sameIn: ['instance'] },
    ],
  }),
  alert({
    name: 'PostgresArchiverHangs',
    // A command that never ends does not fail.
    expr: `min_over_time(${m.archiveWaiting}[15m]) > 0 and increase(${m.archived}[15m]) == 0`,
    for: Duration.minutes(5),
    severity: 'page',
    summary: 'PostgreSQL {{ $labels.instance }} has {{ $value }} files to archive, and archives none',
    description: 'No later time than the last archived file can be restored, and the log fills the volume.',
    runbook: 'Find the archive command among the processes of the pod: it waits for the repository, or for a lock.',
    explains: [{ alert: 'DiskFilling', where: { persistentvolumeclaim: '.*postgres.*' } }],
  }),
  alert({
    name: 'PostgresBackupOld',
    expr: `time() - ${LAST_BACKUP} > ${Duration.hours(26).toSeconds()}`,
    for: Duration.minutes(30),
    severity: 'ticket',
    summary: 'The last complete backup of PostgreSQL is {{ $value | humanizeDuration }} old',
    description: 'A backup of each day failed or did not run. A restore takes longer, since more log is replayed.',
    runbook: 'Look at the last backup: kubectl get jobs,backups; its log has the error. Then start one by hand.',
  }),
  alert({
    name: 'PostgresNoSyncReplica',
    expr: `${m.syncReplicas} == 0 and max_over_time(${m.syncReplicas}[1d]) > 0`,
    for: Duration.minutes(1),
    severity: 'page',
    summary: 'PostgreSQL {{ $labels.instance }} has no synchronous replica any more',
    description: 'Commits wait for one: every write of every service hangs until it is back.',
    runbook: 'Check the pods of the replicas and their logs: each is down, or too far behind to be synchronous.',
    explains: [{ alert: 'WaitsForConnections' }],
  }),
  alert({
    name: 'PostgresSlotFills',
    expr: `${m.slotRetained} > ${2 ** 30} unless ${m.slotLeft} / (${m.slotLeft} + ${m.slotRetained}) > 0.5`,
    for: Duration.minutes(10),
    severity: 'ticket',
    summary: 'A replication slot of PostgreSQL {{ $labels.instance }} retains {{ $value | humanize1024 }}B of log',
    description: 'At its limit the slot is lost, and its replica is made again; without a limit the volume fills up.',
    runbook:
      'pg_replication_slots shows which one, and whether its replica is connected. Drop a slot that is no longer needed.',
  }),
  alert({
    name: 'PostgresSlotLost',
    expr: `${m.slotsLost} > 0`,
    for: Duration.minutes(5),
    severity: 'ticket',
    summary: 'PostgreSQL {{ $labels.instance }} has {{ $value }} replication slots that lost what they need',
    description: 'Their replicas can’t catch up any more: the environment has fewer replicas than it seems.',
    runbook: 'Make the replica again (delete its volume and pod, with CloudNativePG), and drop the slot.',
    explains: [{ alert: 'PostgresSlotFills', sameIn: ['instance'] }],
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
];
