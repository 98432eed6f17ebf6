#!/bin/sh
# Lets the standby stream. Runs once, when the primary's data folder is made.
set -eu
echo "host replication domesday samenet scram-sha-256" >>"$PGDATA/pg_hba.conf"
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "alter role domesday replication"
# A commit is acknowledged when the standby has it on disk, too. From the next start on: said on the command line, it would hold up this one, which has no standby yet.
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "alter system set synchronous_standby_names = 'standby'"
