import type { AlterTableCmd, ColumnDef, Node, ObjectType, RangeVar } from 'libpg-query';
import { hasSqlDetails, parse } from 'libpg-query';
import type { Severity } from '../finding.ts';

/** A statement that loses data, or that the pods of the version before cannot work with. */
export interface Risk {
  readonly severity: Severity;
  /** Line of its statement, from 1. */
  readonly line: number;
  readonly what: string;
}

type Effect = Omit<Risk, 'line'>;

/**
 * Risks of a migration, by Postgres' own parser. Tables that the migration creates have no data yet.
 * @param sql the whole file; what follows `-- Down Migration` does not run at a deployment
 */
export async function risksOf(sql: string): Promise<Risk[]> {
  const up = upOf(sql);
  if (up.trim() === '') return [];
  try {
    const { stmts = [] } = await parse(up);
    const bytes = Buffer.from(up);
    const created = new Set<string>();
    return stmts.flatMap(({ stmt, stmt_location: start = 0 }) => {
      if (stmt !== undefined && 'CreateStmt' in stmt) created.add(tableOf(stmt.CreateStmt.relation));
      const text = bytes.subarray(start).toString();
      const gap = /^(\s|--[^\n]*|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0] ?? '';
      const line = linesIn(bytes.subarray(0, start).toString() + gap);
      return stmt === undefined ? [] : effectsOf(stmt, created).map((effect) => ({ ...effect, line }));
    });
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    const { message, cursorPosition = 0 } = error.sqlDetails ?? { message: error.message };
    const line = linesIn(Buffer.from(up).subarray(0, cursorPosition).toString());
    return [{ severity: 'critical', line, what: `Postgres can't read it: ${message}` }];
  }
}

/** The part of a file that runs at a deployment; other lines are empty, so that numbers of lines stay. */
function upOf(sql: string): string {
  const [up, down] = [/^\s*--[\s-]*up\s+migration/im, /^\s*--[\s-]*down\s+migration/im].map((mark) => sql.search(mark));
  const start = Math.max(up ?? 0, 0);
  const end = down === undefined || down < start ? sql.length : down;
  return sql.slice(0, start).replaceAll(/[^\n]/g, ' ') + sql.slice(start, end);
}

function linesIn(text: string): number {
  return text.split('\n').length;
}

const LOST: ReadonlySet<ObjectType | undefined> = new Set(['OBJECT_TABLE', 'OBJECT_SCHEMA', 'OBJECT_FOREIGN_TABLE']);
const BEFORE = 'pods of the version before';

function effectsOf(statement: Node, created: ReadonlySet<string>): Effect[] {
  if ('DropStmt' in statement) {
    const { removeType, objects = [] } = statement.DropStmt;
    const names = objects.map(nameIn).filter((name) => !created.has(name));
    const what = `DROP ${removeType?.replace('OBJECT_', '').replaceAll('_', ' ')} ${names.join(', ')}`;
    if (names.length === 0) return [];
    return LOST.has(removeType)
      ? [critical(`${what} deletes its data`)]
      : [warning(`${what}: ${BEFORE} may still use it`)];
  }
  if ('DropdbStmt' in statement) return [critical(`DROP DATABASE ${statement.DropdbStmt.dbname} deletes its data`)];
  if ('DropOwnedStmt' in statement) return [critical('DROP OWNED deletes all that a role owns, with its data')];
  if ('TruncateStmt' in statement) return [critical('TRUNCATE deletes all rows')];
  if ('AlterTableStmt' in statement) {
    const { relation, cmds = [] } = statement.AlterTableStmt;
    const table = tableOf(relation);
    return created.has(table)
      ? []
      : cmds.flatMap((one) => ('AlterTableCmd' in one ? ofColumn(one.AlterTableCmd, table) : []));
  }
  if ('RenameStmt' in statement)
    return [warning(`RENAME to ${statement.RenameStmt.newname}: ${BEFORE} use the former name`)];
  if ('AlterEnumStmt' in statement && statement.AlterEnumStmt.oldVal !== undefined)
    return [warning(`ALTER TYPE renames '${statement.AlterEnumStmt.oldVal}': ${BEFORE} use the former value`)];
  if ('AlterDomainStmt' in statement && statement.AlterDomainStmt.subtype === 'O')
    return [warning('ALTER DOMAIN SET NOT NULL fails if a column of it has a null')];
  return 'DoStmt' in statement ? [warning('DO runs a program, which is not checked')] : [];
}

function ofColumn({ subtype, name = '', def = {} as Node }: AlterTableCmd, table: string): Effect[] {
  const column = 'ColumnDef' in def ? def.ColumnDef : {};
  const place = `${table}.${name || column.colname}`;
  switch (subtype) {
    case 'AT_DropColumn':
      return [critical(`DROP COLUMN ${place} deletes its data, and ${BEFORE} may still use it`)];
    case 'AT_AlterColumnType':
      return [
        warning(`ALTER TYPE of ${place} locks the table while it is rewritten, and ${BEFORE} expect the former type`),
      ];
    case 'AT_SetNotNull':
      return [warning(`NOT NULL of ${place} fails if a row has a null, and if ${BEFORE} write one`)];
    case 'AT_AddColumn':
      return isRequired(column)
        ? [warning(`NOT NULL without a default of ${place} fails if the table has rows, and when ${BEFORE} add one`)]
        : [];
    default:
      return [];
  }
}

const SERIAL = /^(small|big)?serial[248]?$/;

/** Whether rows that do not name a column are rejected. */
function isRequired({ constraints = [], typeName }: ColumnDef): boolean {
  const kinds = constraints.flatMap((one) => ('Constraint' in one ? [one.Constraint.contype] : []));
  const type = typeName?.names?.at(-1);
  const isFilledIn =
    kinds.some((kind) => kind === 'CONSTR_DEFAULT' || kind === 'CONSTR_GENERATED' || kind === 'CONSTR_IDENTITY') ||
    (type !== undefined && SERIAL.test(nameIn(type)));
  return !isFilledIn && kinds.some((kind) => kind === 'CONSTR_NOTNULL' || kind === 'CONSTR_PRIMARY');
}

function tableOf({ schemaname, relname }: RangeVar = {}): string {
  return [schemaname, relname].filter(Boolean).join('.');
}

/** The name that a node stands for, such as `public.orders`. */
function nameIn(node: Node): string {
  if ('String' in node) return node.String.sval ?? '';
  if ('List' in node) return (node.List.items ?? []).map(nameIn).join('.');
  if ('TypeName' in node) return (node.TypeName.names ?? []).map(nameIn).join('.');
  return 'ObjectWithArgs' in node ? (node.ObjectWithArgs.objname ?? []).map(nameIn).join('.') : '';
}

function critical(what: string): Effect {
  return { severity: 'critical', what };
}

function warning(what: string): Effect {
  return { severity: 'warning', what };
}
