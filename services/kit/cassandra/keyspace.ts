import type { types } from 'cassandra-driver';
import type { Trust } from '../identity/index.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { createClient } from './client.ts';
import type { CassandraConfig } from './variables.ts';

/** The service's keyspace. Values of parameters are typed by the columns that they are for. */
export interface Keyspace {
  /**
   * Runs a CQL statement, which must be idempotent: it is sent again if a connection is lost. It needs a quorum of replicas.
   * @throws an error that becomes the Problem `unavailable` if there are too few nodes, or they are too slow
   */
  execute(cql: string, parameters?: readonly unknown[]): Promise<readonly types.Row[]>;
  /**
   * Whether a quorum of nodes answers; the health check of the service's keyspace.
   * @throws as `execute`
   */
  ping(): Promise<void>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** What a keyspace is used with. */
export interface KeyspaceOptions {
  /** Shows the connections. */
  readonly metrics: Metrics;
  /** Certificate for the login, unless CASSANDRA_IDENTITY_DIR is set. @default the certificate in the identity folder */
  readonly trust?: Trust | undefined;
}

/**
 * Opens the service's keyspace; it connects on first use, and reconnects by itself.
 * @throws ConfigurationError `certificate-unreadable` if the certificate cannot be read
 */
export function openKeyspace(config: CassandraConfig, { metrics, trust }: KeyspaceOptions): Keyspace {
  const client = createClient(config, config.CASSANDRA_IDENTITY_DIR === undefined ? trust?.identity : undefined);
  const state = () => client.getState();
  metrics.gauge('cassandra_client_connections', 'Open connections to nodes of Cassandra', () =>
    state()
      .getConnectedHosts()
      .reduce((sum, host) => sum + state().getOpenConnections(host), 0),
  );
  const execute: Keyspace['execute'] = async (cql, parameters = []) =>
    (await client.execute(cql, [...parameters])).rows;
  return {
    execute,
    ping: async () => void (await execute('SELECT name FROM migrations LIMIT 1')),
    close: () => client.shutdown(),
  };
}
