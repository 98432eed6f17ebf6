-- Events that were erased. How: docs/adr/0060-erasing-in-postgresql.md.

alter table ledger
  add column erasures bigint not null default 0,   -- rows that it ever had in the table erased: by it readers know that there is something new to hide
  add column erased bigint not null default 0,     -- events that were erased, without those that retention has dropped since
  add column pending bigint not null default 0,    -- events that were erased and whose bytes are still in other tables
  add column forgotten int not null default 0;     -- times that values left its dictionary

-- What stays of erased events, some thousands together. Who reads a ledger reads this first, and shows none of them.
create table erased (
  ledger int not null,
  number bigint not null,                -- 1, 2, 3 …
  first bigint not null,                 -- the lowest of the sequences
  last bigint not null,                  -- the highest
  sequences bigint[] not null,           -- ascending
  hashes bytea not null,                 -- leaf hashes, in that order
  codes int[] not null,                  -- of the dictionary's values those that they used
  scrubbed int not null default 0,       -- so many of them, from the front on, have left the other tables
  done boolean not null default false,   -- all of them have, and their values the dictionary
  primary key (ledger, number)
);

alter table erased alter column hashes set storage external;
