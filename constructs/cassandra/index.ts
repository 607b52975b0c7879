/** Cassandra: keyspaces, roles and identities that derive from the contracts. */
export { Cassandra, type CassandraProps } from './cassandra.ts';
export { K8ssandraCassandra, type K8ssandraCassandraProps } from './k8ssandra.ts';
export type { CassandraBucket, K8ssandraBackups } from './k8ssandra-backups.ts';
export { CASSANDRA_METRICS, type CassandraMetric } from './metrics.ts';
