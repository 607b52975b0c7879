import type { DatabaseNames } from './names.ts';

/** Role of the provisioning Jobs: it may create databases and roles, and is not a superuser. */
export const PROVISIONER = 'provisioner';
/** Role of the exporter, which reads statistics and runs as the Linux user `nobody` in the server's pod. */
export const MONITOR = 'monitor';

/** A database, with the common names of the two certificates that may log in to it. */
export interface Access {
  readonly names: DatabaseNames;
  readonly service: string;
  readonly migrations: string;
}

/**
 * Access rules (`pg_hba.conf`); the first match wins. Over the network, with certificates: the two roles of each database,
 * and the provisioner. On the socket in the server's pod, by Linux user: the superuser and the monitor. All other
 * connections are rejected; there are no passwords.
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

/** Which role a certificate's common name or a Linux user may log in as (`pg_ident.conf`). */
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

/** Roles of the platform, created by the superuser in the server's pod; idempotent. */
export const ROLES_SQL = `${[
  ...[PROVISIONER, MONITOR].map(
    (role) => `SELECT 'CREATE ROLE ${role}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') \\gexec`,
  ),
  `ALTER ROLE ${PROVISIONER} LOGIN NOSUPERUSER CREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD NULL;`,
  `ALTER ROLE ${MONITOR} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD NULL;`,
  `SELECT 'GRANT pg_monitor TO ${MONITOR}' WHERE NOT pg_has_role('${MONITOR}', 'pg_monitor', 'USAGE') \\gexec`,
  'ALTER ROLE postgres PASSWORD NULL;',
].join('\n')}\n`;
