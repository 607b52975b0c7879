import type { DatabaseNames } from './names.ts';

/** Where the provisioning Job finds the passwords that it sets. */
export const ROLES_FOLDER = '/var/run/groundwork/roles';

/** Held until the session ends; advisory locks are a database's own, so each session takes one. */
const ONE_AT_A_TIME = "SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \\g /dev/null";

/**
 * Makes a service's database and its two roles, or makes those that are there agree; safe to run again, and by two Jobs
 * at once. Passwords are read from files inside psql, so they stand in no argument or environment, and the server is
 * told to keep these statements out of its log, where they would appear whole with an error. Names are DNS labels with `_`, so
 * they need no quotes.
 */
export function provisioningSql({ database, owner, app }: DatabaseNames): string {
  const role = (name: string) => [
    `SELECT 'CREATE ROLE ${name}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') \\gexec`,
    `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'${name === owner ? 'owner' : 'app'}_password';`,
  ];
  return [
    '\\set ON_ERROR_STOP 1',
    `\\set owner_password \`cat ${ROLES_FOLDER}/owner\``,
    `\\set app_password \`cat ${ROLES_FOLDER}/app\``,
    'SET log_min_error_statement = panic;',
    'SET log_statement = none;',
    'SET log_min_duration_statement = -1;',
    ONE_AT_A_TIME,
    ...role(owner),
    ...role(app),
    `SELECT 'CREATE DATABASE ${database} OWNER ${owner}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec`,
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE ${database} TO ${app};`,
    `\\connect ${database}`,
    ONE_AT_A_TIME,
    `ALTER SCHEMA public OWNER TO ${owner};`,
    'REVOKE ALL ON SCHEMA public FROM PUBLIC;',
    `GRANT USAGE ON SCHEMA public TO ${app};`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app};`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${app};`,
    '',
  ].join('\n');
}
