-- Small files of the service's work that move with it from node to node, such as how far a sink is.
create table kept_file (
  name text collate "C" primary key,
  data bytea not null
);
