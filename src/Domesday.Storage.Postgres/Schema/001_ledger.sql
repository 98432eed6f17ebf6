-- Tables of every ledger. What each is for: docs/adr/0039-postgres-schema.md.

-- A tenant's ledger, or one beside it. The row's lock orders its writers; other tenants have other rows.
create table ledger (
  id int generated always as identity primary key,
  name text collate "C" not null unique,
  size bigint not null default 0,        -- events it has ever had
  first bigint not null default 0,       -- the oldest that is kept
  rolled bigint not null default 0,      -- events below are in the roll-ups
  bytes bigint not null default 0,       -- what is kept, compressed, with indexes left out
  codes int not null default 0,          -- highest code of its dictionary
  day int not null default 0,            -- day of its newest partition, counted from 1970-01-01
  salt bytea not null                    -- keys the hashes of long values
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

-- Which sequences and times of a ledger lie in the partition of a day. Readers see a partition only through it.
create table ledger_day (
  ledger int not null,
  day int not null,
  first bigint not null,
  size bigint not null,
  min_time bigint not null,
  max_time bigint not null,
  bytes bigint not null,
  primary key (ledger, day)
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

-- Values that repeat, by number. The value is the canonical JSON text without quotes.
create table dictionary (
  ledger int not null,
  code int not null,
  field text not null,
  value text collate "C" not null,
  primary key (ledger, code)
);

-- Every id that was ever stored, of dropped events too: what makes a repetition a duplicate, whatever its age.
create table event_id (
  id uuid not null,
  sequence bigint not null,
  ledger int not null,
  primary key (ledger, id)
);

-- What is asked for, in numbers: codes of the dictionary, hashes of long values.
create table event (
  sequence bigint not null,
  time bigint not null,                  -- microseconds since 1970
  resource_id bigint,
  request_id bigint,
  resource_name bigint,
  refers_to bigint,
  ledger int not null,
  day int not null,
  action int,
  actor_id int,
  actor_name int,
  actor_type int,
  level int,
  origin int,
  outcome_result int,
  resource_type int,
  scope_cluster_id int,
  scope_cluster_name int,
  scope_domain int,
  scope_project_id int,
  scope_project_name int,
  scope_region int,
  service int,
  source_ip int,
  source_kind int
) partition by range (day);

create index on event (ledger, sequence);
create index on event (ledger, time, sequence);
create index on event (ledger, scope_project_id);
create index on event (ledger, action, resource_type);
create index on event (ledger, actor_name);
create index on event (ledger, actor_id);
create index on event (ledger, source_ip);
create index on event (ledger, resource_id) where resource_id is not null;
create index on event (ledger, refers_to) where refers_to is not null;
create index on event using brin (request_id int8_bloom_ops) with (pages_per_range = 64, autosummarize = on);

-- Canonical entries, some dozens together, compressed.
create table chunk (
  first bigint not null,
  ledger int not null,
  day int not null,
  count int not null,
  raw_bytes int not null,
  data bytea not null                    -- see Chunks/ChunkFormat.cs
) partition by range (day);

alter table chunk alter column data set storage external;
create index on chunk (ledger, first);

-- Bodies beside their entries.
create table attachment (
  sequence bigint not null,
  ledger int not null,
  day int not null,
  sha256 bytea not null,
  raw_bytes int not null,
  data bytea not null
) partition by range (day);

alter table attachment alter column data set storage external;
create index on attachment (ledger, sequence);

-- Counts of codes by hour (level 0) and by day (level 1) of the events' time, as sums of its rows.
create table rollup (
  ledger int not null,
  level smallint not null,
  at int not null,                       -- hours or days since 1970
  folded boolean not null default false, -- an hour that is in its day, too
  events bigint not null,
  failures bigint not null,
  data bytea not null                    -- see Rollups/RollupCounts.cs
);

alter table rollup alter column data set storage external;
create index on rollup (ledger, level, at);

-- Leaf hashes of what retention dropped.
create table dropped_leaf (
  ledger int not null,
  first bigint not null,
  hashes bytea not null,
  primary key (ledger, first)
);

alter table dropped_leaf alter column hashes set storage external;

-- Nodes of the trees at levels 8, 16, 24 …
create table tree_node (
  ledger int not null,
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  primary key (ledger, level, index)
);

-- Days that no ledger has any more: their partitions go when nobody can see them.
create table retired_day (
  day int primary key,
  retired_in xid8 not null
);
