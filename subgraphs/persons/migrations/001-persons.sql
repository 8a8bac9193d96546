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
create index person_birth_date on persons.person (birth_date);

-- The words of a name, folded, each once, by bytes: `Núñez de la Cruz` is {cruz,nunez}. Particles are left out, unless there
-- is nothing else.
create function persons.name_words(name text) returns text[] language sql immutable strict parallel safe as $$
  select coalesce(
    array_agg(distinct word) filter (where word not in ('de', 'del', 'la', 'las', 'los', 'y', 'e', 'da', 'do', 'dos', 'das')),
    array_agg(distinct word),
    '{}')
  from (select piece collate "C" from unnest(string_to_array(istmo.fold(name), ' ')) as u(piece) where piece <> '') as w(word)
$$;

-- The words that a name cannot lose without being another's: the first given name and all surnames where they are recorded,
-- else every word.
create function persons.core_words(full_name text, given_names text[], surnames text[]) returns text[]
language sql immutable parallel safe as $$
  select persons.name_words(case
    when cardinality(given_names) > 0 and cardinality(surnames) > 0
    then given_names[1] || ' ' || array_to_string(surnames, ' ')
    else full_name end)
$$;

-- The word, and from four letters on the word with any one letter struck out. Two words that share one of these are a typo
-- apart: a letter more, less, wrong, or two neighbours swapped.
create function persons.strikes(word text) returns text[] language sql immutable strict parallel safe as $$
  select array_agg(distinct struck) from (
    select word collate "C"
    union all
    select (left(word, i - 1) || substr(word, i + 1)) collate "C" from generate_series(1, length(word)) as g(i) where length(word) >= 4
  ) as s(struck)
$$;

create table persons.person_name (
  person_id text collate "C" not null references persons.person on delete cascade,
  ordinal int not null,
  category text not null check (category in ('LEGAL', 'ALIAS', 'MAIDEN', 'NICKNAME')),
  full_name text not null,
  given_names text[],
  surnames text[],
  words text[] generated always as (persons.name_words(full_name)) stored,
  core text[] generated always as (persons.core_words(full_name, given_names, surnames)) stored,
  primary key (person_id, ordinal)
);
-- GIN without a pending list: every search would read it whole, and PGlite has no autovacuum that empties it.
create index person_name_words on persons.person_name using gin (words) with (fastupdate = off);
create index person_name_core on persons.person_name using gin (core) with (fastupdate = off);

-- Every word that a recorded name has or had. A searched word is compared with these, which are few, and not with every name.
create table persons.name_word (
  word text collate "C" primary key,
  strikes text[] generated always as (persons.strikes(word)) stored
);
create index name_word_trigrams on persons.name_word using gin (word gin_trgm_ops) with (fastupdate = off);
create index name_word_strikes on persons.name_word using gin (strikes) with (fastupdate = off);

create function persons.learn_words() returns trigger language plpgsql as $$
begin
  -- In order, so that two importers never wait for each other in a circle.
  insert into persons.name_word (word)
    select word from (select unnest(words) from written union select unnest(core) from written) as w(word) order by word
    on conflict do nothing;
  return null;
end $$;
create trigger learn_inserted after insert on persons.person_name
  referencing new table as written for each statement execute function persons.learn_words();
create trigger learn_updated after update on persons.person_name
  referencing new table as written for each statement execute function persons.learn_words();

-- The words of a searched name, each with the recorded words like it: those of trigram similarity 0.45 or more (pg_trgm), and
-- those a typo apart. The threshold is the function's own, whatever the session says.
create function persons.searched_words(name text) returns table (word text, alike text[])
language sql stable strict parallel safe set pg_trgm.similarity_threshold = 0.45 as $$
  select searched.word, array(
    select known.word from persons.name_word as known
    where known.word % searched.word or known.strikes && searched.strikes
    order by known.word)
  -- The offset keeps the strikes from being made anew for every word that is looked at.
  from (select w.word, persons.strikes(w.word) as strikes from unnest(persons.name_words(name)) as w(word) offset 0) as searched
  order by searched.word collate "C"
$$;

-- Whether two birth dates differ as slips do: two of year, month and day are the same, or month and day are swapped.
create function persons.dates_near(a date, b date) returns boolean language sql immutable strict parallel safe as $$
  select a <> b and (
    (extract(year from a) = extract(year from b))::int + (extract(month from a) = extract(month from b))::int
      + (extract(day from a) = extract(day from b))::int >= 2
    or (extract(year from a) = extract(year from b) and extract(month from a) = extract(day from b)
      and extract(day from a) = extract(month from b)))
$$;

-- An identifier as it is compared: letters and digits alone, without accents, in small letters.
create function persons.fold_identifier(value text) returns text language sql immutable strict parallel safe as $$
  select replace(istmo.fold(value), ' ', '')
$$;

create table persons.identifier (
  person_id text collate "C" not null references persons.person on delete cascade,
  ordinal int not null,
  category text not null
    check (category in ('NATIONAL_ID', 'PASSPORT', 'TAX_ID', 'DRIVER_LICENCE', 'RESIDENCE_PERMIT', 'OTHER')),
  jurisdiction text not null,
  value text not null,
  issued_on date,
  expires_on date,
  folded text generated always as (persons.fold_identifier(value)) stored,
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
