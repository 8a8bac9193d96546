-- The domain `persons` of one country.

create schema persons;

create table persons.person (
  id text collate "C" primary key,
  birth_date date,
  birth_place text,
  sex text check (sex in ('F', 'M', 'X', 'U')),
  nationalities text[],
  -- Known only as a victim, a witness or a minor: no search and no hit finds the row.
  protected boolean not null default false,
  agency text not null,
  handling text[] not null,
  handling_note text,
  source_reliability text check (source_reliability in ('A', 'B', 'C', 'X')),
  information_accuracy text check (information_accuracy in ('ONE', 'TWO', 'THREE', 'FOUR')),
  recorded_at timestamptz not null,
  review_by date,
  synthetic boolean not null,
  shared_with text[]
);

create table persons.person_name (
  person_id text collate "C" not null references persons.person on delete cascade,
  ordinal int not null,
  category text not null check (category in ('LEGAL', 'ALIAS', 'MAIDEN', 'NICKNAME')),
  full_name text not null,
  given_names text[],
  surnames text[],
  folded text generated always as (istmo.fold(full_name)) stored,
  primary key (person_id, ordinal)
);
create index on persons.person_name using gin (folded gin_trgm_ops);

create table persons.identifier (
  person_id text collate "C" not null references persons.person on delete cascade,
  ordinal int not null,
  category text not null
    check (category in ('NATIONAL_ID', 'PASSPORT', 'TAX_ID', 'DRIVER_LICENCE', 'RESIDENCE_PERMIT', 'OTHER')),
  jurisdiction text not null,
  value text not null,
  issued_on date,
  expires_on date,
  -- Compared without blanks, dots and hyphens, in capitals.
  folded text generated always as (upper(regexp_replace(value, '[^[:alnum:]]', '', 'g'))) stored,
  primary key (person_id, ordinal)
);
create index on persons.identifier (folded, category, jurisdiction);

create table persons.address (
  person_id text collate "C" not null references persons.person on delete cascade,
  ordinal int not null,
  line text,
  subdivision text,
  country text not null,
  primary key (person_id, ordinal)
);

create table persons.associate (
  row_id text collate "C" primary key,
  person_id text collate "C" not null references persons.person on delete cascade,
  -- A person of any country.
  associate_id text collate "C",
  relationship text not null,
  agency text not null,
  handling text[] not null,
  handling_note text,
  source_reliability text check (source_reliability in ('A', 'B', 'C', 'X')),
  information_accuracy text check (information_accuracy in ('ONE', 'TWO', 'THREE', 'FOUR')),
  recorded_at timestamptz not null,
  review_by date,
  synthetic boolean not null
);
create index on persons.associate (person_id, row_id);

create table persons.membership (
  person_id text collate "C" not null references persons.person on delete cascade,
  ordinal int not null,
  group_name text not null,
  role text,
  since date,
  until date,
  primary key (person_id, ordinal)
);

create table persons.same_as (
  person_id text collate "C" not null references persons.person on delete cascade,
  -- A person of another country.
  other_id text collate "C" not null,
  primary key (person_id, other_id)
);
