-- The different hit searches of each caller on each day of UTC, in the order in which they were asked. `caller` is a hash of issuer and subject;
-- the other texts are HMACs under the secret of the day. Former days are deleted. The node writes as the owner; `istmo_reader`, as whom legs
-- read, has no right here.
create table istmo.hit_search (
  caller text collate "C" not null,
  day date not null,
  place int not null check (place >= 0),
  search text collate "C" not null,
  born text collate "C",
  names text[] not null,
  primary key (caller, day, place)
);
create table istmo.hit_secret (
  day date primary key,
  secret text not null
);
