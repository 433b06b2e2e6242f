#!/bin/sh
# Test set-up only: does for Debian's PostgreSQL what the entry point of the public image does with the same variables.
set -eu
bin=$(dirname /usr/lib/postgresql/*/bin/postgres)
as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chown -R postgres: "$PGDATA"
  chmod 700 "$PGDATA"
  as_postgres "$bin/initdb" -D "$PGDATA" -A trust -N >/dev/null
  password=${POSTGRES_PASSWORD:-$(cat "$POSTGRES_PASSWORD_FILE")}
  as_postgres "$bin/postgres" --single -j -D "$PGDATA" postgres >/dev/null <<SQL
CREATE ROLE $POSTGRES_USER LOGIN PASSWORD '$password';

CREATE DATABASE $POSTGRES_DB OWNER $POSTGRES_USER;

SQL
  printf 'local all all trust\nhost all all all scram-sha-256\n' >"$PGDATA/pg_hba.conf"
fi
exec setpriv --reuid=postgres --regid=postgres --clear-groups \
  "$bin/postgres" -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp
