#!/bin/sh
# Copies the primary when there is no copy yet, and follows it.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "$PGDATA"
  pg_basebackup -D "$PGDATA" -R -X stream -d "host=primary user=domesday application_name=standby"
  chmod 700 "$PGDATA"
fi
# Once promoted it has no standby of its own to wait for.
exec postgres -D "$PGDATA" -c hot_standby=on -c synchronous_standby_names=
