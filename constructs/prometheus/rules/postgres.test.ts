import { testAlerts } from '../../../test/support/alerts.ts';
import { postgresRules } from './postgres.ts';

const used = (user: string) => `pg_stat_activity_count{instance="a",usename="${user}"}`;
const backups = 'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{instance="a"}';
const limit = 'pg_settings_max_connections{instance="a"}';

const metric = (name: string) => `${name}{instance="a"}`;

testAlerts(postgresRules(['postgres', 'postgres-instances']), {
  PostgresArchiverHangs: [
    {
      when: 'when files wait and none is archived',
      series: { [metric('pg_archive_waiting')]: '2x40', [metric('pg_stat_archiver_archived_count')]: '7x40' },
      at: '30m',
      ends: {
        series: { [metric('pg_archive_waiting')]: '0x20', [metric('pg_stat_archiver_archived_count')]: '9x20' },
        at: '50m',
      },
      fires: [{ labels: { instance: 'a' }, summary: 'PostgreSQL a has 2 files to archive, and archives none' }],
    },
    {
      when: 'while it works off a queue',
      series: { [metric('pg_archive_waiting')]: '20-0.4x40', [metric('pg_stat_archiver_archived_count')]: '0+1x40' },
      at: '30m',
    },
    {
      when: 'in a quiet hour',
      series: { [metric('pg_archive_waiting')]: '0x40', [metric('pg_stat_archiver_archived_count')]: '7x40' },
      at: '30m',
    },
  ],
  PostgresBackupOld: [
    {
      when: 'when the backup of a day is missing',
      every: '30m',
      series: { [metric('pg_backup_last_stop')]: '3600x60' },
      at: '29h',
      ends: { series: { [metric('pg_backup_last_stop')]: '108000x4' }, at: '31h' },
      fires: [{ summary: 'The last complete backup of PostgreSQL is 1d 4h 0m 0s old' }],
    },
    {
      when: 'while one is made each day',
      every: '30m',
      series: { [metric('pg_backup_last_stop')]: '3600x47 90000x30' },
      at: '29h',
    },
  ],
  PostgresNoBackup: [
    {
      when: 'when each backup fails since the start',
      every: '30m',
      series: { [backups]: '0x160' },
      at: '75h',
      ends: { series: { [backups]: '280000x10' }, at: '82h' },
      fires: [{ summary: 'PostgreSQL has no complete backup of the last three days' }],
    },
    {
      when: 'when the plugin of CloudNativePG reports nothing',
      every: '30m',
      series: {},
      at: '3h',
      fires: [{ summary: 'PostgreSQL has no complete backup of the last three days' }],
    },
    { when: 'while the first one runs', every: '30m', series: { [backups]: '0x20' }, at: '4h' },
  ],
  PostgresNoSyncReplica: [
    {
      when: 'when the replicas that are left are too far behind',
      series: { [metric('pg_replication_sync_replicas')]: '2x10 0x10' },
      at: '15m',
      ends: { series: { [metric('pg_replication_sync_replicas')]: '1x10' }, at: '25m' },
      fires: [{ labels: { instance: 'a' }, summary: 'PostgreSQL a has no synchronous replica any more' }],
    },
    { when: 'where there never was one', series: { [metric('pg_replication_sync_replicas')]: '0x30' }, at: '20m' },
  ],
  PostgresSlotFills: [
    {
      when: 'when half of the limit is reached',
      series: {
        [metric('pg_slots_retained_bytes')]: '8589934592x30',
        [metric('pg_slots_left_bytes')]: '4294967296x30',
      },
      at: '20m',
      ends: {
        series: { [metric('pg_slots_retained_bytes')]: '0x20', [metric('pg_slots_left_bytes')]: '12884901888x20' },
        at: '45m',
      },
      fires: [{ labels: { instance: 'a' }, summary: 'A replication slot of PostgreSQL a retains 8GiB of log' }],
    },
    {
      when: 'when a slot has no limit',
      series: {
        [metric('pg_slots_retained_bytes')]: '8589934592x30',
        [metric('pg_slots_left_bytes')]: Array.from({ length: 30 }, () => 'NaN').join(' '),
      },
      at: '20m',
      fires: [{ labels: { instance: 'a' }, summary: 'A replication slot of PostgreSQL a retains 8GiB of log' }],
    },
    {
      when: 'when the limit is far',
      series: { [metric('pg_slots_retained_bytes')]: '2147483648x30', [metric('pg_slots_left_bytes')]: '9e9x30' },
      at: '20m',
    },
  ],
  PostgresSlotLost: [
    {
      when: 'when a replica was gone for too long',
      series: { [metric('pg_slots_lost')]: '1x20' },
      at: '10m',
      ends: { series: { [metric('pg_slots_lost')]: '0x10' }, at: '25m' },
      fires: [{ labels: { instance: 'a' }, summary: 'PostgreSQL a has 1 replication slots that lost what they need' }],
    },
    { when: 'while all are fine', series: { [metric('pg_slots_lost')]: '0x20' }, at: '10m' },
  ],
  PostgresDown: [
    {
      when: 'when the exporter can not log in',
      series: { 'pg_up{instance="a"}': '1x3 0x10' },
      at: '6m',
      ends: { series: { 'pg_up{instance="a"}': '1x10' }, at: '16m' },
      fires: [{ labels: { instance: 'a' }, summary: 'PostgreSQL a accepts no connections' }],
    },
    { when: 'when it can', series: { 'pg_up{instance="a"}': '1x10' }, at: '6m' },
  ],
  PostgresConnectionsNearLimit: [
    {
      when: 'when all users together use 90 %',
      series: { [used('users_app')]: '50x20', [used('catalog_app')]: '40x20', [limit]: '100x20' },
      at: '10m',
      ends: { series: { [used('users_app')]: '20x20', [used('catalog_app')]: '20x20', [limit]: '100x20' }, at: '30m' },
      fires: [{ labels: { instance: 'a' }, summary: 'PostgreSQL a has 90% of its connections in use' }],
    },
    {
      when: 'when each uses its share',
      series: { [used('users_app')]: '30x20', [used('catalog_app')]: '40x20', [limit]: '100x20' },
      at: '10m',
    },
  ],
  PostgresReplicationBehind: [
    {
      when: 'when a replica is two minutes behind',
      series: { 'pg_replication_lag{instance="b"}': '120x20' },
      at: '10m',
      ends: { series: { 'pg_replication_lag{instance="b"}': '1x20' }, at: '30m' },
      fires: [{ labels: { instance: 'b' }, summary: 'Replica b is 2m 0s behind' }],
    },
    { when: 'when it follows', series: { 'pg_replication_lag{instance="b"}': '1x20' }, at: '10m' },
  ],
  PostgresReplicasLost: [
    {
      when: 'when both replicas are gone, while the lag shows nothing',
      series: { 'pg_replication_replicas{instance="a"}': '2x10 0x10', 'pg_replication_lag{instance="a"}': '0x20' },
      at: '13m',
      ends: { series: { 'pg_replication_replicas{instance="a"}': '2x10' }, at: '30m' },
      fires: [{ labels: { instance: 'a' }, summary: 'PostgreSQL a has no replica any more' }],
    },
    { when: 'where there never was one', series: { 'pg_replication_replicas{instance="a"}': '0x30' }, at: '20m' },
  ],
  PostgresReplicaLost: [
    {
      when: 'when one of two does not come back',
      series: { 'pg_replication_replicas{instance="a"}': '2x10 1x30' },
      at: '30m',
      ends: { series: { 'pg_replication_replicas{instance="a"}': '2x10' }, at: '48m' },
      fires: [{ labels: { instance: 'a' }, summary: 'PostgreSQL a has fewer replicas than within the last day: 1' }],
    },
    { when: 'during a restart', series: { 'pg_replication_replicas{instance="a"}': '2x10 1x5 2x30' }, at: '30m' },
  ],
  PostgresWraparoundNear: [
    {
      when: 'when vacuum is held back',
      series: { 'pg_wraparound_age{instance="a",datname="users"}': '1200000000x30' },
      at: '20m',
      ends: { series: { 'pg_wraparound_age{instance="a",datname="users"}': '50000000x20' }, at: '40m' },
      fires: [
        { labels: { instance: 'a', datname: 'users' }, summary: 'users has rows that are 1.2G transactions old' },
      ],
    },
    {
      when: 'at the age at which vacuum freezes rows',
      series: { 'pg_wraparound_age{instance="a",datname="users"}': '200000000x30' },
      at: '20m',
    },
  ],
  PostgresArchivingFails: [
    {
      when: 'when archiving fails repeatedly',
      series: { 'pg_stat_archiver_failed_count{instance="a"}': '0+1x60' },
      at: '40m',
      ends: { series: { 'pg_stat_archiver_failed_count{instance="a"}': '60x30' }, at: '85m' },
      fires: [{ labels: { instance: 'a' }, summary: 'PostgreSQL a can’t archive its write-ahead log' }],
    },
    {
      when: 'after one failure that was retried',
      series: { 'pg_stat_archiver_failed_count{instance="a"}': '0x5 1x60' },
      at: '40m',
    },
  ],
  PostgresTransactionOld: [
    {
      when: 'when one has been open for more than an hour',
      series: {
        'pg_stat_activity_max_tx_duration{instance="a",datname="users",state="idle in transaction"}': '0+60x90',
      },
      at: '70m',
      ends: {
        series: {
          'pg_stat_activity_max_tx_duration{instance="a",datname="users",state="idle in transaction"}': '5x20',
        },
        at: '100m',
      },
      fires: [
        { labels: { instance: 'a', datname: 'users' }, summary: 'A transaction in users has been open for 1h 10m 0s' },
      ],
    },
    {
      when: 'when the oldest is minutes old',
      series: { 'pg_stat_activity_max_tx_duration{instance="a",datname="users"}': '90x90' },
      at: '70m',
    },
  ],
  PostgresDeadlocks: [
    {
      when: 'when there is one each minute',
      series: { 'pg_stat_database_deadlocks{instance="a",datname="users"}': '0+1x30' },
      at: '20m',
      ends: { series: { 'pg_stat_database_deadlocks{instance="a",datname="users"}': '30x30' }, at: '55m' },
      fires: [{ labels: { instance: 'a', datname: 'users' }, summary: 'users had 15 deadlocks within 15 minutes' }],
    },
    {
      when: 'when there was one',
      series: { 'pg_stat_database_deadlocks{instance="a",datname="users"}': '0x10 1x20' },
      at: '20m',
    },
  ],
});
