/** Cassandra: keyspaces, roles and identities that derive from the contracts. */
export { Cassandra, type CassandraProps } from './cassandra.ts';
export { CASSANDRA_METRICS, type CassandraMetric } from './metrics.ts';
export type { CassandraClusterProps } from './spec.ts';
