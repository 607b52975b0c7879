import type { DatabaseNames } from './names.ts';

/** Held until the session ends; advisory locks are a database's own, so each session takes one. */
const ONE_AT_A_TIME = "SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \\g /dev/null";

/** What a service's statements may take, also where a pooler keeps the service's own wish from the server. */
const STATEMENT_TIMEOUT = '10s';

/**
 * Makes a service's database and its two roles, or makes those that are there agree; safe to run again, and by two Jobs
 * at once. Runs as a role that may make databases and roles, and belongs to the owner role for that long only. No role
 * has a password. Names are DNS labels with `_`, so they need no quotes.
 *
 * The database notes which service it belongs to; a Job of another one fails here, before anything has changed hands.
 */
export function provisioningSql({ service, database, owner, app }: DatabaseNames): string {
  const role = (name: string) => [
    `SELECT 'CREATE ROLE ${name}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') \\gexec`,
    `ALTER ROLE ${name} LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;`,
  ];
  return [
    '\\set ON_ERROR_STOP 1',
    ONE_AT_A_TIME,
    rejectForeign(database, service),
    ...role(owner),
    ...role(app),
    `ALTER ROLE ${app} SET statement_timeout = '${STATEMENT_TIMEOUT}';`,
    `GRANT ${owner} TO CURRENT_USER;`,
    `SELECT 'CREATE DATABASE ${database} OWNER ${owner}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec`,
    `\\connect ${database}`,
    ONE_AT_A_TIME,
    `GRANT ${owner} TO CURRENT_USER;`,
    `SET ROLE ${owner};`,
    `COMMENT ON DATABASE ${database} IS '${noteOf(service)}';`,
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE ${database} TO ${app};`,
    `ALTER SCHEMA public OWNER TO ${owner};`,
    'REVOKE ALL ON SCHEMA public FROM PUBLIC;',
    `GRANT USAGE ON SCHEMA public TO ${app};`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app};`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${app};`,
    'RESET ROLE;',
    `REVOKE ${owner} FROM CURRENT_USER;`,
    '',
  ].join('\n');
}

/** What a database's comment says of its owner. */
function noteOf(service: string): string {
  return `groundwork: owned by service ${service}`;
}

/** One statement on one line: fails in the form of a ConfigurationError if the database is another service's. */
function rejectForeign(database: string, service: string): string {
  const fix = `give it back to that contract, or hand it over on purpose, as postgres on the server''s socket: COMMENT ON DATABASE ${database} IS ''${noteOf(service)}''`;
  const note = `SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = '${database}';`;
  const raise = `RAISE EXCEPTION E'database ${database} belongs to another service (%), and contract ''${service}'' claims it\\n    at contract ''${service}'' › owns postgres\\n    fix: %', note, '${fix}';`;
  return `DO $do$ DECLARE note text; BEGIN ${note} IF note LIKE 'groundwork: owned by service %' AND note <> '${noteOf(service)}' THEN ${raise} END IF; END $do$;`;
}
