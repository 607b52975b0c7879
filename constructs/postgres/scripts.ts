import { IDENTITY_FOLDER } from '../identity/index.ts';
import type { FullBackups } from './backups.ts';
import { ACCESS, DATA, SCRIPTS, SOCKET } from './constants.ts';
import { BACKUP_TABLE } from './metrics.ts';
import { openRepository } from './repository.ts';

/** Shell function that prints an error in our format and exits. */
const REFUSE = 'refuse() { printf \'%s\\n    at %s\\n    fix: %s\\n\' "$1" "$2" "$3" >&2; exit 1; }';

/**
 * Starts the server. Creates its data on an empty volume in one atomic step. Rejects data of another major version, and a
 * volume with an interrupted restore.
 */
export function startScript(backups: FullBackups | undefined): string {
  return script(
    'set -eu',
    REFUSE,
    ...(backups === undefined ? [] : openRepository(backups)),
    "image=$(postgres --version | sed 's/^[^0-9]*\\([0-9]*\\).*/\\1/')",
    `if [ -s ${DATA}/PG_VERSION ]; then`,
    `  data=$(cat ${DATA}/PG_VERSION)`,
    '  [ "$data" = "$image" ] || refuse "the volume has data of PostgreSQL $data, but the image is PostgreSQL $image" "environment › postgres › image" \\',
    '    "go back to an image of PostgreSQL $data; another major version needs a second environment, into which a dump is restored"',
    'else',
    `  for left in ${DATA}.before-* ${DATA}.restoring; do`,
    '    [ ! -e "$left" ] || refuse "a restore was interrupted: $left exists, but no data folder" "the volume of postgres" "run the same restore again"',
    '  done',
    '  umask 077',
    `  rm -rf ${DATA}.new`,
    `  initdb --pgdata=${DATA}.new --username=postgres --auth-local=peer --auth-host=reject --encoding=UTF8 --locale=C.UTF-8 --data-checksums`,
    `  mv ${DATA}.new ${DATA}`,
    'fi',
    // The settings that initdb wrote would contradict the arguments, which the server reports at each reload.
    `echo '# the settings are arguments of the server' > ${DATA}/postgresql.conf`,
    `exec postgres -D ${DATA} "$@"`,
  );
}

/**
 * The reloader sidecar, which is the superuser on the server's socket: creates the platform's roles, reloads the server when
 * certificates or access rules change, and serves backup Jobs.
 */
export function reloaderScript(backups: FullBackups | undefined): string {
  return script(
    'set -u',
    `sql() { psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --host=${SOCKET} --username=postgres --dbname=postgres "$@"; }`,
    `fingerprint() { cat ${IDENTITY_FOLDER}/* ${ACCESS}/* | sha256sum; }`,
    'server=',
    'trap \'[ -z "$server" ] || kill $server; exit 0\' TERM INT',
    `until sql --command='SELECT 1' --output=/dev/null 2> /dev/null && sql --file=${SCRIPTS}/roles.sql; do sleep 1; done`,
    ...(backups === undefined ? [] : keepBackups(backups)),
    "seen=$(fingerprint); sql --command='SELECT pg_reload_conf()' --output=/dev/null # the server may have started with older files",
    'while :; do',
    '  now=$(fingerprint)',
    '  if [ "$now" != "$seen" ] && sql --command=\'SELECT pg_reload_conf()\' --output=/dev/null; then',
    '    [ -z "$server" ] || kill -HUP $server',
    '    echo "certificate or access rules have changed: reloading"',
    '    seen=$now',
    "    sql --command=\"SELECT 'access rule in error, line ' || line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL\"",
    '  fi',
    ...(backups === undefined ? [] : ['  kill -0 $server || exit 1 # the kubelet restarts both']),
    '  sleep 2 & wait $!',
    'done',
  );
}

/**
 * Initializes a new repository, and takes its first backup at once, before which no restore is possible. Runs in the
 * background: an unavailable repository must not block the reload of certificates. Then it notes the repository's backups
 * for the exporter.
 */
function keepBackups(backups: FullBackups): string[] {
  return [
    ...openRepository(backups),
    '{',
    '  until [ "$(sql --command=\'SELECT pg_is_in_recovery()\')" = f ]; do sleep 1; done',
    '  until pgbackrest stanza-create && pgbackrest check; do sleep 10; done',
    ...BACKUP_TABLE.map((statement) => `  sql --command="SET client_min_messages = warning; ${statement}"`),
    '  pgbackrest info --output=json | grep -q \'"label":\' || pgbackrest --type=full backup',
    '  while :; do',
    `    info=$(pgbackrest info --output=json) && sql --set=info="$info" --file=${SCRIPTS}/backups.sql`,
    '    sleep 300 & wait $!',
    '  done',
    '} &',
    'pgbackrest server & server=$!',
  ];
}

/** Sourced by a shell before pgBackRest is run by hand. */
export function repositoryScript(backups: FullBackups): string {
  return script('# opens the repository', ...openRepository(backups));
}

function script(...lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
