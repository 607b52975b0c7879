import { ConfigurationError, type PostgresNeed } from '@groundwork/contract';
import type { Workload } from '../platform/index.ts';

/** Databases that every server contains. */
const TAKEN = ['postgres', 'template0', 'template1'];

/** Names of one service's database. */
export interface DatabaseNames {
  /** Service that owns it. */
  readonly service: string;
  /** Name for Kubernetes objects, such as `order-history`. */
  readonly slug: string;
  /** Name for SQL, such as `order_history`. */
  readonly database: string;
  /** Role that owns the schema; used only by migrations. */
  readonly owner: string;
  /** Role that reads and writes rows; used by the service. */
  readonly app: string;
}

/** @throws ConfigurationError for a reserved name */
export function databaseNames({ name: service }: Pick<Workload, 'name'>, need: PostgresNeed): DatabaseNames {
  const slug = need.name ?? service;
  const database = slug.replaceAll('-', '_');
  if (TAKEN.includes(database)) {
    throw new ConfigurationError({
      code: 'name-reserved',
      where: `contract '${service}' › owns postgres`,
      problem: `the database name '${database}' is reserved by PostgreSQL`,
      fix: "use another name: postgres({ name: '…' })",
    });
  }
  return { service, slug, database, owner: `${database}_owner`, app: `${database}_app` };
}
