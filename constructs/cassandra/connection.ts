import type { CassandraNeed, Need } from '@groundwork/contract';
import type { Construct } from 'constructs';
import type { Connection, Peer, Workload } from '../platform/index.ts';
import { CASSANDRA, CLIENT_PORT, DATACENTER } from './constants.ts';
import { type KeyspaceNames, keyspaceNames } from './names.ts';
import type { CassandraCluster } from './spec.ts';

/** Folder of the owner role's certificate, mounted only in the init container of the migrations. */
const MIGRATIONS_FOLDER = '/var/run/groundwork/schema-identity';

/**
 * Connection of a service to its keyspace, the same for every back end; issues the certificate of its migrations.
 * @param host name of all nodes
 */
export function connectionTo(
  scope: Construct,
  { platform }: CassandraCluster,
  host: string,
  { name: service, contract }: Workload,
  need: Need,
  peer: Peer,
): Connection {
  const names = keyspaceNames(contract) as KeyspaceNames;
  const origin = `contract '${service}' › owns cassandra`;
  const migrations = platform.identities.issue(scope, { account: names.migrations, origin });
  const folder = (need as CassandraNeed).migrations.split('/').slice(0, -1);
  return {
    env: {
      CASSANDRA_HOSTS: host,
      CASSANDRA_PORT: `${CLIENT_PORT}`,
      CASSANDRA_DATACENTER: DATACENTER,
      CASSANDRA_KEYSPACE: names.keyspace,
      CASSANDRA_SERVER: platform.identities.spiffeId(CASSANDRA),
    },
    peers: [peer],
    initSteps: [
      {
        name: 'migrate-cassandra',
        command: ['node', [...folder, 'migrate.ts'].join('/')],
        env: { CASSANDRA_IDENTITY_DIR: MIGRATIONS_FOLDER },
        files: migrations.files(MIGRATIONS_FOLDER),
      },
    ],
  };
}
