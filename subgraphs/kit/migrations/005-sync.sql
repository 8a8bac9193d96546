-- What `istmo sync` remembers between its runs. `istmo_reader` has no right here.

-- The mappings that fill this database, by the name of their file.
create table istmo.sync_mapping (
  id int generated always as identity primary key,
  name text collate "C" not null unique,
  -- Of the mapping of the last complete run, full or incremental.
  sha256 text not null,
  -- When the snapshots of the last runs were taken.
  full_at timestamptz,
  last_at timestamptz,
  -- By feed: from where an incremental run reads on, as the source writes it.
  since jsonb not null default '{}',
  -- By kind of record: how many rows the last full run read.
  counts jsonb not null default '{}',
  -- The entry of the audit log that is not known to be written: its id and its members.
  entry jsonb
);

-- Which record comes from which mapping, so that a run deletes what is gone from its own source and nothing else.
create table istmo.synced_record (
  kind text collate "C" not null,
  id text collate "C" not null,
  mapping int not null references istmo.sync_mapping,
  -- Whether the mapping itself says that a person is protected, in contrast to what follows from the person's parts in cases.
  protects boolean not null default false,
  primary key (kind, id)
);
