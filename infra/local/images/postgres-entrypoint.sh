#!/bin/sh
# The part of the public image's contract that manifests rely on: POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB,
# each also as …_FILE, POSTGRES_INITDB_ARGS, PGDATA, *.sql and *.sh in /docker-entrypoint-initdb.d on the first
# start, and arguments for the server. The root file system may be read-only.
set -eu
PGDATA=${PGDATA:-/var/lib/postgresql/data}
export PGDATA

# The value of a variable, or of the file that the same variable with _FILE names.
value() {
  eval "plain=\${$1:-} file=\${$1_FILE:-}"
  if [ -n "$plain" ] && [ -n "$file" ]; then echo "both $1 and $1_FILE are set: leave one out" >&2; exit 1; fi
  if [ -n "$file" ]; then cat "$file"; else printf %s "$plain"; fi
}

case ${1:-postgres} in
  postgres) [ $# -eq 0 ] || shift ;;
  -*) ;;
  *) exec "$@" ;;
esac

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  user=$(value POSTGRES_USER) && user=${user:-postgres}
  database=$(value POSTGRES_DB) && database=${database:-$user}
  password=$(value POSTGRES_PASSWORD)
  [ -n "$password" ] || { echo 'the superuser has no password: set POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD' >&2; exit 1; }
  # A first start that was cut off leaves files without PG_VERSION at its end: the new folder takes its place in one step.
  new=$PGDATA.new
  if ! mountpoint -q "$PGDATA" && mkdir -p "$new" 2> /dev/null; then rm -rf "$new"; else new=$PGDATA; fi
  umask 077
  secret=$(mktemp) && printf '%s\n' "$password" > "$secret"
  initdb --pgdata="$new" --username="$user" --pwfile="$secret" --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 ${POSTGRES_INITDB_ARGS:-}
  rm "$secret"
  echo 'host all all all scram-sha-256' >> "$new/pg_hba.conf"
  pg_ctl --pgdata="$new" --wait --options="-c listen_addresses='' -c unix_socket_directories=/tmp" start
  run() { psql -v ON_ERROR_STOP=1 --no-psqlrc -h /tmp -U "$user" "$@"; }
  [ "$database" = postgres ] || run -d postgres -c "CREATE DATABASE \"$database\""
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sql) run -d "$database" -f "$script" ;;
      *.sh) . "$script" ;;
    esac
  done
  pg_ctl --pgdata="$new" --wait --mode=fast stop
  [ "$new" = "$PGDATA" ] || { rmdir "$PGDATA" 2> /dev/null || true; mv "$new" "$PGDATA"; }
fi
[ -w /var/run/postgresql ] || set -- -k /tmp "$@"
exec postgres -c listen_addresses='*' "$@"
