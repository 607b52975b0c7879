import type { CassandraDesiredState, DesiredKeyspace } from '@groundwork/contract/desired-state';
import type { Platform } from '../platform/index.ts';
import { CASSANDRA, CLIENT_PORT, DATACENTER } from './constants.ts';
import { type KeyspaceNames, keyspaceNames } from './names.ts';
import type { CassandraCluster } from './spec.ts';

/** Host name of all nodes of the builtin back end. */
export function hostOf({ namespace }: Platform): string {
  return `${CASSANDRA}.${namespace}.svc.cluster.local`;
}

/** Keyspaces, roles and identities of all contracts. @param host name of all nodes */
export function desiredStateOf(
  { platform, replicas }: CassandraCluster,
  host = hostOf(platform),
): CassandraDesiredState {
  const keyspaces = platform.graph.contracts.flatMap((contract) => keyspaceNames(contract) ?? []);
  return {
    hosts: [host],
    port: CLIENT_PORT,
    server: platform.identities.spiffeId(CASSANDRA),
    datacenter: DATACENTER,
    replicas,
    accounts: [],
    keptRoles: [],
    keyspaces: keyspaces
      .map((names) => keyspaceOf(platform, names))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

function keyspaceOf(
  { identities }: Platform,
  { service, keyspace, owner, app, migrations }: KeyspaceNames,
): DesiredKeyspace {
  return {
    name: keyspace,
    roles: [
      {
        name: owner,
        identity: identities.spiffeId(migrations),
        permissions: ['ALTER', 'CREATE', 'DROP', 'MODIFY', 'SELECT'],
      },
      { name: app, identity: identities.spiffeId(service), permissions: ['MODIFY', 'SELECT'] },
    ],
  };
}
