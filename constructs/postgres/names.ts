import { ConfigurationError, type PostgresNeed } from '@groundwork/contract';
import type { Workload } from '../platform/index.ts';

/** Databases that every server has already. */
const TAKEN = ['postgres', 'template0', 'template1'];

/** All names of one service's database. */
export interface DatabaseNames {
  /** Service that owns it. */
  readonly service: string;
  /** As Kubernetes objects bear it, such as `order-history`. */
  readonly slug: string;
  /** As SQL has it, such as `order_history`. */
  readonly database: string;
  /** Owns the schema; used by migrations only. */
  readonly owner: string;
  /** Reads and writes rows; used by the service. */
  readonly app: string;
}

/** @throws ConfigurationError when the server has a database of that name for itself. */
export function databaseNames({ name: service }: Pick<Workload, 'name'>, need: PostgresNeed): DatabaseNames {
  const slug = need.name ?? service;
  const database = slug.replaceAll('-', '_');
  if (TAKEN.includes(database)) {
    throw new ConfigurationError({
      code: 'name-reserved',
      where: `contract '${service}' › owns postgres`,
      problem: `a database '${database}' is PostgreSQL's own`,
      fix: "give it another name: postgres({ name: '…' })",
    });
  }
  return { service, slug, database, owner: `${database}_owner`, app: `${database}_app` };
}
