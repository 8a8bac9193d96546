-- How many rows each caller was given on each day of UTC. `caller` is a hash of issuer and subject. The node adds to it as the owner;
-- `istmo_reader`, as whom legs read, has no right here.
create table istmo.row_count (
  caller text collate "C" not null,
  day date not null,
  rows bigint not null check (rows >= 0),
  primary key (caller, day)
);
