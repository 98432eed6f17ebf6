-- What the nodes of one service share. What each is for: docs/adr/0040-several-nodes.md.

-- Who does what must be done once at a time. The epoch counts the holders: what an earlier one writes late is refused.
create table lease (
  name text collate "C" primary key,
  holder uuid not null,
  epoch bigint not null,
  expires timestamptz not null
);

-- The last signed checkpoint of each ledger.
create table checkpoint (
  ledger text collate "C" primary key,
  size bigint not null,
  note text not null
);

-- Files that every node needs, such as keys: sealed, never in the clear.
create table shared_file (
  name text collate "C" primary key,
  data bytea not null,
  changed timestamptz not null default now()
);
