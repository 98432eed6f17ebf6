#!/bin/sh
# Lets the standby stream. Runs once, when the primary's data folder is made.
set -eu
echo "host replication domesday samenet scram-sha-256" >>"$PGDATA/pg_hba.conf"
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "alter role domesday replication"
