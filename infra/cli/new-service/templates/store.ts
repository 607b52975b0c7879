import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServicePlan } from '../plan.ts';
import { imports, lines } from './text.ts';

const ENTRY = `/** An entry as its caller sees it. */
export interface Entry {
  readonly id: string;
  /** In ISO 8601. */
  readonly createdAt: string;
}
`;

/** Access to what the service stores. Only events add entries: without any, a test does. */
export function entriesFile({ store, consumes }: ServicePlan): string {
  const adds = consumes.length > 0;
  return store === 'postgres' ? inPostgres(adds) : inCassandra(adds);
}

function inPostgres(adds: boolean): string {
  return lines(
    imports([
      ['@groundwork/kit', 'Problem'],
      ['kysely', 'type Kysely', adds && 'type Transaction'],
    ]),
    `/** Tables of the database, as its migrations create them. */
export interface Tables {
  readonly entries: { readonly id: string; readonly created_at: Date };
}

${ENTRY}
/** Finds an entry. @throws Problem \`not-found\` */
export async function findEntry(database: Kysely<Tables>, id: string): Promise<Entry> {
  const row = await database.selectFrom('entries').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new Problem('not-found');
  return { id: row.id, createdAt: row.created_at.toISOString() };
}
`,
    adds &&
      `/** Adds an entry. */
export async function addEntry(transaction: Transaction<Tables>, id: string, createdAt: Date): Promise<void> {
  await transaction.insertInto('entries').values({ id, created_at: createdAt }).execute();
}
`,
  );
}

function inCassandra(adds: boolean): string {
  return lines(
    imports([
      ['@groundwork/kit', 'Problem'],
      ['@groundwork/kit/cassandra', 'type Keyspace'],
    ]),
    `${ENTRY}
/** Finds an entry. @throws Problem \`not-found\` */
export async function findEntry(keyspace: Keyspace, id: string): Promise<Entry> {
  const [row] = await keyspace.execute('SELECT id, created_at FROM entries_by_id WHERE id = ?', [id]);
  if (row === undefined) throw new Problem('not-found');
  return { id: \`\${row.id}\`, createdAt: row.created_at.toISOString() };
}
`,
    adds &&
      `/** Adds an entry; may be repeated. */
export async function addEntry(keyspace: Keyspace, id: string, createdAt: Date): Promise<void> {
  await keyspace.execute('INSERT INTO entries_by_id (id, created_at) VALUES (?, ?)', [id, createdAt]);
}
`,
  );
}

/** Migrations by file name. The table of the inbox is a copy of the kit's. */
export function migrationFiles(root: string, { layout, store, consumes }: ServicePlan): Map<string, string> {
  if (store === undefined) return new Map();
  // ENTRIES is a reserved word of CQL.
  if (store === 'cassandra')
    return new Map([
      [
        '1_entries.cql',
        'CREATE TABLE IF NOT EXISTS entries_by_id (\n  id uuid PRIMARY KEY,\n  created_at timestamp\n);\n',
      ],
    ]);
  const entries =
    '-- Up Migration\nCREATE TABLE entries (\n  id uuid PRIMARY KEY,\n  created_at timestamptz NOT NULL\n);\n';
  const inbox = () => readFileSync(join(root, layout.kit, 'events/sql/inbox.sql'), 'utf8');
  return new Map([['1_entries.sql', entries], ...(consumes.length > 0 ? [['2_inbox.sql', inbox()] as const] : [])]);
}
