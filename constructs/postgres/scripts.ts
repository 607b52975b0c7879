import { IDENTITY_FOLDER } from '../identity/index.ts';
import type { FullBackups } from './backups.ts';
import { ACCESS, DATA, SCRIPTS, SOCKET } from './constants.ts';
import { openRepository } from './repository.ts';

/** Says a fault as our errors are said, and ends. */
const REFUSE = 'refuse() { printf \'%s\\n    at %s\\n    fix: %s\\n\' "$1" "$2" "$3" >&2; exit 1; }';

/**
 * Starts the server. Makes its data on an empty volume, in one step, so that a start that is cut off leaves nothing half
 * made. Refuses data of another major version, and a volume that a restore has left between two steps.
 */
export function startScript(backups: FullBackups | undefined): string {
  return script(
    'set -eu',
    REFUSE,
    ...(backups === undefined ? [] : openRepository(backups)),
    "image=$(postgres --version | sed 's/^[^0-9]*\\([0-9]*\\).*/\\1/')",
    `if [ -s ${DATA}/PG_VERSION ]; then`,
    `  data=$(cat ${DATA}/PG_VERSION)`,
    '  [ "$data" = "$image" ] || refuse "the volume holds data of PostgreSQL $data, and the image is PostgreSQL $image" "environment › postgres › image" \\',
    '    "go back to an image of PostgreSQL $data; docs/postgres.md says how to get to another major version"',
    'else',
    `  for left in ${DATA}.before-* ${DATA}.restoring; do`,
    '    [ ! -e "$left" ] || refuse "a restore was interrupted: $left is there, and no data in use" "the volume of postgres" "run the same \\`npm run restore\\` again"',
    '  done',
    '  umask 077',
    `  rm -rf ${DATA}.new`,
    `  initdb --pgdata=${DATA}.new --username=postgres --auth-local=peer --auth-host=reject --encoding=UTF8 --locale=C.UTF-8 --data-checksums`,
    `  mv ${DATA}.new ${DATA}`,
    'fi',
    // What initdb wrote there would contradict the arguments, and the server would say so at each reload.
    `echo '# the settings are arguments of the server' > ${DATA}/postgresql.conf`,
    `exec postgres -D ${DATA} "$@"`,
  );
}

/**
 * Runs beside the server, as the superuser on its socket: makes the platform's own roles, has the server read
 * certificates and access rules again when they change, and lets backup Jobs read the data.
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
    "seen=$(fingerprint); sql --command='SELECT pg_reload_conf()' --output=/dev/null # it may have started with older ones",
    'while :; do',
    '  now=$(fingerprint)',
    '  if [ "$now" != "$seen" ] && sql --command=\'SELECT pg_reload_conf()\' --output=/dev/null; then',
    '    [ -z "$server" ] || kill -HUP $server',
    '    echo "certificate or access rules have changed: read again"',
    '    seen=$now',
    "    sql --command=\"SELECT 'access rule in error, line ' || line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL\"",
    '  fi',
    ...(backups === undefined ? [] : ['  kill -0 $server || exit 1 # the kubelet starts both again']),
    '  sleep 2 & wait $!',
    'done',
  );
}

/**
 * A new repository is made ready, and gets its first backup at once: before that nothing could be brought back. Beside
 * the rest: a repository that can't be reached must not keep certificates from being read again.
 */
function keepBackups(backups: FullBackups): string[] {
  return [
    ...openRepository(backups),
    '{',
    '  until [ "$(sql --command=\'SELECT pg_is_in_recovery()\')" = f ]; do sleep 1; done',
    '  until pgbackrest stanza-create && pgbackrest check; do sleep 10; done',
    '  pgbackrest info --output=json | grep -q \'"label":\' || pgbackrest --type=full backup',
    '} &',
    'pgbackrest server & server=$!',
  ];
}

/** Read by a shell before it runs pgBackRest by hand. */
export function repositoryScript(backups: FullBackups): string {
  return script('# opens the repository', ...openRepository(backups));
}

function script(...lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
