import type { DatabaseNames } from './names.ts';

/** Makes databases and roles for the provisioning Jobs; may create both, and is no superuser. */
export const PROVISIONER = 'provisioner';
/** Reads the server's statistics for the exporter, which runs as `nobody` beside the server. */
export const MONITOR = 'monitor';

/** Who owns a database: common names of the two certificates that may log in to it. */
export interface Access {
  readonly names: DatabaseNames;
  readonly service: string;
  readonly migrations: string;
}

/**
 * Who may come in, first match wins. By network: a database's two roles to their own database, and the provisioner, each
 * by a certificate. By the socket in the server's own pod: the superuser and the monitor, by their user of the system.
 * Nobody by a password, and nobody else at all.
 */
export function hostBasedAccess(databases: readonly Access[]): string {
  const lines = [
    'local all postgres peer',
    `local postgres ${MONITOR} peer map=local`,
    `hostssl all ${PROVISIONER} all cert map=identity`,
    ...inOrder(databases).flatMap(({ names: { database, app, owner } }) =>
      [app, owner].map((role) => `hostssl ${database} ${role} all cert map=identity`),
    ),
    'local all all reject',
    'host all all all reject',
  ];
  return `${lines.join('\n')}\n`;
}

/** Which role a certificate's common name, or a user of the system, may take. */
export function identityMap(databases: readonly Access[], provisioning: string): string {
  const lines = [
    `local nobody ${MONITOR}`,
    `identity ${provisioning} ${PROVISIONER}`,
    ...inOrder(databases).flatMap(({ names, service, migrations }) => [
      `identity ${service} ${names.app}`,
      `identity ${migrations} ${names.owner}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function inOrder(databases: readonly Access[]): Access[] {
  return [...databases].sort((one, other) => (one.names.database < other.names.database ? -1 : 1));
}

/** Roles of the platform's own, made by the superuser inside the server's pod; safe to run again. */
export const ROLES_SQL = `${[
  ...[PROVISIONER, MONITOR].map(
    (role) => `SELECT 'CREATE ROLE ${role}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') \\gexec`,
  ),
  `ALTER ROLE ${PROVISIONER} LOGIN NOSUPERUSER CREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD NULL;`,
  `ALTER ROLE ${MONITOR} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD NULL;`,
  `SELECT 'GRANT pg_monitor TO ${MONITOR}' WHERE NOT pg_has_role('${MONITOR}', 'pg_monitor', 'USAGE') \\gexec`,
  'ALTER ROLE postgres PASSWORD NULL;',
].join('\n')}\n`;
