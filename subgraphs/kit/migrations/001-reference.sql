-- What every national database has, whatever domains it serves: reference tables and the importers' journal.
-- Created before this file by the migration runner: schema istmo, table istmo.migration.

create extension if not exists pg_trgm;

create schema reference;

-- UN International Classification of Crime for Statistical Purposes v1.0. `code` with its leading zero, 2 to 6 digits.
create table reference.iccs_code (
  code text collate "C" primary key check (code ~ '^[0-9]{2,6}$'),
  level int not null check (level between 1 and 4),
  parent text collate "C",
  title_en text not null,
  title_es text not null
);

-- One row per file that an importer took: the same bytes are not taken twice.
create table istmo.import_run (
  importer text not null,
  sha256 text not null,
  finished_at timestamptz not null default now(),
  rows_taken int not null,
  rows_refused int not null,
  primary key (importer, sha256)
);

-- Facts about the database itself: `country`, `generator` (seed and sizes).
create table istmo.setting (
  name text primary key,
  value text not null
);

-- Folds a name for comparison: lower case, accents and the tilde of Ñ off, letters that have no mark to take off as the plain
-- ones, everything but letters and digits a single space. The classes are by code point, since [:alnum:] hangs on the
-- database's locale and two countries would fold one name differently.
create function istmo.fold(name text) returns text language sql immutable strict parallel safe as $$
  select trim(regexp_replace(
    lower(translate(regexp_replace(normalize(name, nfkd), '[\u0300-\u036f]', '', 'g'), 'ØøŁłĐđıŒœÆæß', 'oollddiooaas')),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02b0-\u02ff\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
$$;

-- Sort keys of dates (contract/cursor.ts): ascending by bytes is ascending or descending by date, absent last.
create function istmo.descending_date_key(day date) returns text language sql immutable parallel safe as $$
  select case when day is null then '~' else lpad((9000000 - (day - date '1970-01-01'))::text, 7, '0') end
$$;
create function istmo.ascending_date_key(day date) returns text language sql immutable parallel safe as $$
  select case when day is null then '~' else
    lpad(extract(year from day)::int::text, 4, '0') || '-' || lpad(extract(month from day)::int::text, 2, '0') || '-' ||
    lpad(extract(day from day)::int::text, 2, '0') end
$$;
