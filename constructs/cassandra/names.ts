import { type CassandraNeed, ConfigurationError, type Contract } from '@groundwork/contract';

/** Names of one service's keyspace. */
export interface KeyspaceNames {
  /** Service that owns it. */
  readonly service: string;
  /** Name for CQL, such as `order_history`. */
  readonly keyspace: string;
  /** Role that creates and alters tables; used only by migrations. */
  readonly owner: string;
  /** Role that reads and writes rows; used by the service. */
  readonly app: string;
  /** Service account of the migrations. */
  readonly migrations: string;
}

/**
 * @throws ConfigurationError for a contract that owns two keyspaces, and for a name that Cassandra reserves or that is
 * too long for it
 */
export function keyspaceNames({ name: service, owns }: Pick<Contract, 'name' | 'owns'>): KeyspaceNames | undefined {
  const [need, second] = owns.filter((one): one is CassandraNeed => one.kind === 'cassandra');
  if (need === undefined) return undefined;
  const where = `contract '${service}' › owns cassandra`;
  if (second !== undefined)
    throw new ConfigurationError({
      code: 'database-duplicate',
      where,
      problem: 'a contract must own at most one keyspace, got two',
      fix: 'keep one, or move the other to a separate service',
    });
  const keyspace = (need.name ?? service).replaceAll('-', '_');
  if (/^system(_|$)/.test(keyspace))
    throw new ConfigurationError({
      code: 'name-reserved',
      where,
      problem: `the keyspace name '${keyspace}' is reserved by Cassandra`,
      fix: "use another name: cassandra({ name: '…' })",
    });
  return {
    service,
    keyspace,
    owner: `${keyspace}_owner`,
    app: `${keyspace}_app`,
    migrations: `${service}-schema`,
  };
}
