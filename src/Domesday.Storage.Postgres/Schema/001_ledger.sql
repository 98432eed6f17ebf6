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

-- What is asked for, in numbers, of thousands of events together: codes of the dictionary, hashes of long values. A column for each field, packed; see Blocks/PackedNumbers.cs and Blocks/CodePacker.cs.
create table block (
  first bigint not null,                 -- sequence of the first event
  min_time bigint not null,              -- microseconds since 1970
  max_time bigint not null,
  ledger int not null,
  day int not null,
  count int not null,
  time bytea not null,
  resource_id bytea,
  request_id bytea,
  resource_name bytea,
  refers_to bytea,
  action bytea,
  actor_id bytea,
  actor_name bytea,
  actor_type bytea,
  level bytea,
  origin bytea,
  outcome_result bytea,
  resource_type bytea,
  scope_cluster_id bytea,
  scope_cluster_name bytea,
  scope_domain bytea,
  scope_project_id bytea,
  scope_project_name bytea,
  scope_region bytea,
  service bytea,
  source_ip bytea,
  source_kind bytea,
  keys int[] not null                    -- what the index finds it by, see Blocks/BlockKeys.cs
) partition by range (day);

alter table block
  alter column time set storage external,
  alter column resource_id set storage external,
  alter column request_id set storage external,
  alter column resource_name set storage external,
  alter column refers_to set storage external,
  alter column action set storage external,
  alter column actor_id set storage external,
  alter column actor_name set storage external,
  alter column actor_type set storage external,
  alter column level set storage external,
  alter column origin set storage external,
  alter column outcome_result set storage external,
  alter column resource_type set storage external,
  alter column scope_cluster_id set storage external,
  alter column scope_cluster_name set storage external,
  alter column scope_domain set storage external,
  alter column scope_project_id set storage external,
  alter column scope_project_name set storage external,
  alter column scope_region set storage external,
  alter column service set storage external,
  alter column source_ip set storage external,
  alter column source_kind set storage external,
  alter column keys set storage external;
create index on block (ledger, first);
-- Filled while blocks are joined, not while somebody waits for a receipt.
create index on block using gin (keys) with (fastupdate = off);

-- The same of the events that came last, as each group was stored, until they are joined into blocks.
create table fresh (
  first bigint not null,                 -- sequence of the first event
  min_time bigint not null,              -- microseconds since 1970
  max_time bigint not null,
  ledger int not null,
  day int not null,
  count int not null,
  time bytea not null,
  resource_id bytea,
  request_id bytea,
  resource_name bytea,
  refers_to bytea,
  action bytea,
  actor_id bytea,
  actor_name bytea,
  actor_type bytea,
  level bytea,
  origin bytea,
  outcome_result bytea,
  resource_type bytea,
  scope_cluster_id bytea,
  scope_cluster_name bytea,
  scope_domain bytea,
  scope_project_id bytea,
  scope_project_name bytea,
  scope_region bytea,
  service bytea,
  source_ip bytea,
  source_kind bytea,
  primary key (ledger, first)
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 500, toast.autovacuum_vacuum_scale_factor = 0.0, toast.autovacuum_vacuum_threshold = 2000);

alter table fresh
  alter column time set storage external,
  alter column resource_id set storage external,
  alter column request_id set storage external,
  alter column resource_name set storage external,
  alter column refers_to set storage external,
  alter column action set storage external,
  alter column actor_id set storage external,
  alter column actor_name set storage external,
  alter column actor_type set storage external,
  alter column level set storage external,
  alter column origin set storage external,
  alter column outcome_result set storage external,
  alter column resource_type set storage external,
  alter column scope_cluster_id set storage external,
  alter column scope_cluster_name set storage external,
  alter column scope_domain set storage external,
  alter column scope_project_id set storage external,
  alter column scope_project_name set storage external,
  alter column scope_region set storage external,
  alter column service set storage external,
  alter column source_ip set storage external,
  alter column source_kind set storage external;

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
