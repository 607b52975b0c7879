import { type Static, Type } from 'typebox';

const name = Type.String({ pattern: '^[a-z][a-z0-9_]*$', maxLength: 48, description: 'unquoted in CQL' });

const identity = Type.String({ pattern: "^spiffe://[^'\\s]+$", description: 'SPIFFE ID that logs in as the role' });

const role = Type.Object({
  name,
  identity,
  permissions: Type.Array(
    Type.Union([
      Type.Literal('ALTER'),
      Type.Literal('CREATE'),
      Type.Literal('DROP'),
      Type.Literal('MODIFY'),
      Type.Literal('SELECT'),
    ]),
    { minItems: 1, description: 'on its keyspace; the role has no other' },
  ),
});

const keyspace = Type.Object({ name, roles: Type.Array(role, { minItems: 1 }) });

/** Keyspaces, roles and identities of a Cassandra cluster, as JSON between its constructs and the provisioner. */
export const cassandraDesiredState = Type.Object({
  hosts: Type.Array(Type.String({ pattern: '^[^:\\s]+$' }), { minItems: 1, description: 'host names asked first' }),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
  server: Type.String({ pattern: '^spiffe://', description: 'SPIFFE ID in the certificate of each node' }),
  datacenter: Type.String({ pattern: '^[A-Za-z0-9_-]+$' }),
  replicas: Type.Integer({ minimum: 1, description: 'replicas of each row in the datacenter' }),
  accounts: Type.Array(Type.Object({ name, identity }), {
    description: 'roles of programs beside the nodes, which read the names of nodes and tables only',
  }),
  keptRoles: Type.Array(Type.String(), { description: 'roles that an operator made, which are left as they are' }),
  keyspaces: Type.Array(keyspace, { description: 'roles and identities that no keyspace lists are removed' }),
});

/** What a Cassandra cluster must agree with. */
export type CassandraDesiredState = Static<typeof cassandraDesiredState>;
/** A keyspace with all its roles. */
export type DesiredKeyspace = Static<typeof keyspace>;
/** A role of a keyspace. */
export type DesiredRole = Static<typeof role>;
