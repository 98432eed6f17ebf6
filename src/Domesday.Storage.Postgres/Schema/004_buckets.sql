-- Large ledgers lie in buckets: docs/adr/0041-citus.md.

-- A bucket is a number like a ledger's own; what lies in it is found under either.
alter table ledger
  add column buckets int[] not null default '{}', -- every number that it ever had beside its own
  add column spread int not null default 0,       -- how many of them take what comes to buckets from now on: the last ones
  add column copied bigint not null default 0,    -- blocks, entries and bodies below lie in buckets
  add column moved bigint not null default 0;     -- and below this nowhere else
