import { ConfigurationError } from '@groundwork/contract';
import { Type } from 'typebox';

const folder = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

/** Variables of a service with a keyspace. */
export const cassandraVariables = {
  CASSANDRA_HOSTS: Type.String({ pattern: '^[^,:\\s]+(,[^,:\\s]+)*$', description: 'nodes asked first, by commas' }),
  CASSANDRA_PORT: Type.Integer({ minimum: 1, maximum: 65535, default: 9042 }),
  CASSANDRA_DATACENTER: Type.String({ minLength: 1, description: 'datacenter whose nodes are used' }),
  CASSANDRA_KEYSPACE: Type.String({ pattern: '^[a-z][a-z0-9_]*$' }),
  CASSANDRA_SERVER: Type.String({ pattern: '^spiffe://', description: "SPIFFE ID in the nodes' certificate" }),
  IDENTITY_DIR: folder('folder of the certificate'),
  CASSANDRA_IDENTITY_DIR: folder('folder of a separate certificate for the keyspace, as migrations use'),
};

/** Values of `cassandraVariables`. */
export interface CassandraConfig {
  /** Host names of nodes that are asked first, separated by commas. */
  readonly CASSANDRA_HOSTS: string;
  /** Port of all nodes. */
  readonly CASSANDRA_PORT: number;
  /** Datacenter whose nodes are used. */
  readonly CASSANDRA_DATACENTER: string;
  /** Name of the keyspace. */
  readonly CASSANDRA_KEYSPACE: string;
  /** SPIFFE ID in the nodes' certificate. */
  readonly CASSANDRA_SERVER: string;
  /** Folder of the workload's certificate. */
  readonly IDENTITY_DIR?: string;
  /** Folder of a separate certificate for the keyspace. */
  readonly CASSANDRA_IDENTITY_DIR?: string;
}

/**
 * Folder of the client certificate for the keyspace.
 * @throws ConfigurationError `variable-missing` if no folder is set: Cassandra requires a certificate
 */
export function identityFolder({ CASSANDRA_IDENTITY_DIR, IDENTITY_DIR }: CassandraConfig): string {
  const found = CASSANDRA_IDENTITY_DIR ?? IDENTITY_DIR;
  if (found !== undefined) return found;
  throw new ConfigurationError({
    code: 'variable-missing',
    where: 'environment of the service',
    problem: 'neither CASSANDRA_IDENTITY_DIR nor IDENTITY_DIR is set, and Cassandra requires a client certificate',
    fix: 'set one of them to the folder with tls.crt, tls.key and ca.crt',
  });
}
