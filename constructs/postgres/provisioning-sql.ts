import type { DatabaseNames } from './names.ts';

/** Where the provisioning Job finds the passwords that it sets. */
export const ROLES_FOLDER = '/var/run/groundwork/roles';

/**
 * Makes a service's database and its two roles, or makes those that are there agree; safe to run again. Passwords are
 * read from files inside psql, so they stand in no argument, environment or log. Names are DNS labels with `_`, so
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
    ...role(owner),
    ...role(app),
    `SELECT 'CREATE DATABASE ${database} OWNER ${owner}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec`,
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE ${database} TO ${app};`,
    `\\connect ${database}`,
    `ALTER SCHEMA public OWNER TO ${owner};`,
    'REVOKE ALL ON SCHEMA public FROM PUBLIC;',
    `GRANT USAGE ON SCHEMA public TO ${app};`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app};`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${app};`,
    '',
  ].join('\n');
}
