import type { DatabaseNames } from './names.ts';

/** Advisory lock, held until the session ends; advisory locks are per database, so each session takes one. */
const ONE_AT_A_TIME = "SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \\g /dev/null";

/** Statement timeout of a service's role, which also applies behind a pooler that does not forward session settings. */
const STATEMENT_TIMEOUT = '10s';

/** Privileges of the app role on objects that the owner role creates. */
const TABLE_RIGHTS = 'SELECT, INSERT, UPDATE, DELETE';
const SEQUENCE_RIGHTS = 'USAGE, SELECT';

/** Kinds of relations that count as tables: everything that stores or returns rows. */
const TABLES = "('r', 'p', 'v', 'm', 'f')";

/**
 * Creates a service's database and its two roles, or reconciles existing ones; idempotent, and safe for concurrent Jobs.
 * Runs as a role that may create databases and roles, and is a member of the owner role only during the run. No role has
 * a password. Names are DNS labels with `_`, so they need no quotes.
 *
 * No role may log in to an incomplete database: the roles, their privileges and LOGIN are created in one transaction.
 * Before it there is at most an empty database that the provisioner owns. A second run does not revoke LOGIN, unless
 * privileges are missing that every complete database has.
 *
 * A comment on the database records the service that owns it; a Job of another service fails here, before any change.
 */
export function provisioningSql({ service, database, owner, app }: DatabaseNames): string {
  const create = (role: string) =>
    `SELECT 'CREATE ROLE ${role}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') \\gexec`;
  const openTo = (role: string) => `ALTER ROLE ${role} LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;`;
  const byDefault = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT`;
  return [
    '\\set ON_ERROR_STOP 1',
    ONE_AT_A_TIME,
    rejectForeign(database, service),
    `SELECT 'CREATE DATABASE ${database}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec`,
    // Only its two roles and members of the owner role may connect to a complete database.
    `SELECT 'GRANT ${owner} TO CURRENT_USER' WHERE NOT has_database_privilege('${database}', 'CONNECT') \\gexec`,
    `\\connect ${database}`,
    ONE_AT_A_TIME,
    rejectForeign(database, service),
    closeIncomplete(owner),
    'BEGIN;',
    create(owner),
    create(app),
    `GRANT ${owner} TO CURRENT_USER;`,
    endSessions(owner),
    `ALTER ROLE ${app} SET statement_timeout = '${STATEMENT_TIMEOUT}';`,
    `ALTER DATABASE ${database} OWNER TO ${owner};`,
    `SET ROLE ${owner};`,
    `COMMENT ON DATABASE ${database} IS '${noteOf(service)}';`,
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE ${database} TO ${app};`,
    `ALTER SCHEMA public OWNER TO ${owner};`,
    'REVOKE ALL ON SCHEMA public FROM PUBLIC;',
    `GRANT USAGE ON SCHEMA public TO ${app};`,
    `${byDefault} ${TABLE_RIGHTS} ON TABLES TO ${app};`,
    `${byDefault} ${SEQUENCE_RIGHTS} ON SEQUENCES TO ${app};`,
    repair(owner, app),
    warnOfOthers(database, owner, app),
    'RESET ROLE;',
    `REVOKE ${owner} FROM CURRENT_USER;`,
    openTo(owner),
    openTo(app),
    'COMMIT;',
    '',
  ].join('\n');
}

/**
 * Revokes LOGIN from the owner role of a database without the last default privileges, which earlier versions set after
 * LOGIN. Complete databases are not affected.
 */
function closeIncomplete(owner: string): string {
  const complete = `SELECT FROM pg_default_acl WHERE pg_get_userbyid(defaclrole) = '${owner}' AND defaclobjtype = 'S'`;
  return `SELECT 'ALTER ROLE ${owner} NOLOGIN' FROM pg_roles WHERE rolname = '${owner}' AND NOT EXISTS (${complete}) \\gexec`;
}

/** Terminates sessions of an owner role that may not log in: objects they create would lack default privileges. */
function endSessions(owner: string): string {
  const closed = `SELECT FROM pg_roles WHERE rolname = '${owner}' AND NOT rolcanlogin`;
  return `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = '${owner}' AND EXISTS (${closed}) \\g /dev/null`;
}

/**
 * Grants the app role its privileges on objects that the owner created before the default privileges. Such an object has
 * no access list; an object that has one keeps it, so that privileges which a migration revoked stay revoked.
 */
function repair(owner: string, app: string): string {
  const grant = `CASE relkind WHEN 'S' THEN '${SEQUENCE_RIGHTS} ON SEQUENCE' ELSE '${TABLE_RIGHTS} ON' END`;
  return `SELECT format('GRANT %s %s TO ${app}', ${grant}, oid::regclass) FROM pg_class WHERE ${inPublic(owner, '=')} AND relacl IS NULL AND (relkind = 'S' OR relkind IN ${TABLES}) \\gexec`;
}

/** Only their owners can grant privileges on tables of other roles; the Job's log lists those that the app role can't read. */
function warnOfOthers(database: string, owner: string, app: string): string {
  const unread = `NOT has_table_privilege('${app}', oid, 'SELECT')`;
  const ofExtension =
    "EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')";
  const found = `SELECT oid::regclass AS name, pg_get_userbyid(relowner) AS role FROM pg_class WHERE ${inPublic(owner, '<>')} AND relkind IN ${TABLES} AND ${unread} AND NOT ${ofExtension}`;
  const raise = `RAISE WARNING E'table % in database ${database} belongs to role %, and ${app} may not read it\\n    fix: as that role or as postgres, ALTER TABLE % OWNER TO ${owner}', other.name, other.role, other.name;`;
  return `DO $do$ DECLARE other record; BEGIN FOR other IN ${found} LOOP ${raise} END LOOP; END $do$;`;
}

/** Condition on pg_class: in the schema of migrations, and owned by the owner role or not. */
function inPublic(owner: string, is: '=' | '<>'): string {
  return `relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) ${is} '${owner}'`;
}

/** Comment on the database that records its owner. */
function noteOf(service: string): string {
  return `groundwork: owned by service ${service}`;
}

/** One statement on one line; raises an error in the format of a ConfigurationError if another service owns the database. */
function rejectForeign(database: string, service: string): string {
  const fix = `let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE ${database} IS ''${noteOf(service)}''`;
  const note = `SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = '${database}';`;
  const raise = `RAISE EXCEPTION E'database ${database} belongs to another service (%), but contract ''${service}'' owns it too\\n    at contract ''${service}'' › owns postgres\\n    fix: %', note, '${fix}';`;
  return `DO $do$ DECLARE note text; BEGIN ${note} IF note LIKE 'groundwork: owned by service %' AND note <> '${noteOf(service)}' THEN ${raise} END IF; END $do$;`;
}
