set -eu
refuse() { printf '%s\n    at %s\n    fix: %s\n' "$1" "$2" "$3" >&2; exit 1; }
image=$(postgres --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
if [ -s /var/lib/postgresql/data/pgdata/PG_VERSION ]; then
  data=$(cat /var/lib/postgresql/data/pgdata/PG_VERSION)
  [ "$data" = "$image" ] || refuse "the volume has data of PostgreSQL $data, but the image is PostgreSQL $image" "environment › postgres › image" \
    "go back to an image of PostgreSQL $data; another major version needs a second environment, into which a dump is restored"
else
  for left in /var/lib/postgresql/data/pgdata.before-* /var/lib/postgresql/data/pgdata.restoring; do
    [ ! -e "$left" ] || refuse "a restore was interrupted: $left exists, but no data folder" "the volume of postgres" "run the same restore again"
  done
  umask 077
  rm -rf /var/lib/postgresql/data/pgdata.new
  initdb --pgdata=/var/lib/postgresql/data/pgdata.new --username=postgres --auth-local=peer --auth-host=reject --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  mv /var/lib/postgresql/data/pgdata.new /var/lib/postgresql/data/pgdata
fi
echo '# the settings are arguments of the server' > /var/lib/postgresql/data/pgdata/postgresql.conf
exec postgres -D /var/lib/postgresql/data/pgdata "$@"
