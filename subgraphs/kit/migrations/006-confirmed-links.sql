-- Who has confirmed that a record of this country and one of another are of the same person, or that two cases belong together
-- (`istmo link import`). The links themselves are rows of the domains; a load of the country's rows leaves confirmed ones alone.
-- `istmo_reader`, as whom legs read, has no right here.
create table istmo.confirmed_link (
  kind text not null check (kind in ('PERSON', 'CASE')),
  id text collate "C" not null,
  other_id text collate "C" not null,
  confirmed_by text not null check (confirmed_by <> ''),
  confirmed_on date not null,
  primary key (kind, id, other_id)
);
