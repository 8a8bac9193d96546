-- The domain `legal` of one participant.

create schema legal;

-- The codes and every code above them: {020411} is {02,020,0204,02041,020411}. A search for 02 finds it by an index.
create function legal.iccs_and_above(codes text[]) returns text[] language sql immutable parallel safe as $$
  select array_agg(distinct left(code, length)) from unnest(codes) as c(code), generate_series(2, length(code)) as l(length)
$$;

create table legal.statute (
  id text collate "C" primary key,
  code text,
  section text,
  heading text,
  body text,
  iccs text[],
  max_penalty_months int check (max_penalty_months >= 0),
  in_force_from date,
  repealed_on date,
  iccs_and_above text[] generated always as (legal.iccs_and_above(iccs)) stored
);
-- Without a pending list: PGlite has no autovacuum that empties it.
create index on legal.statute using gin (iccs_and_above) with (fastupdate = off);

create table legal.instrument (
  id text collate "C" primary key,
  title text,
  kind text check (kind in ('TREATY', 'PROTOCOL', 'REGIONAL_TREATY', 'BILATERAL', 'AGREEMENT', 'DOMESTIC_LAW')),
  adopted_on date
);

create table legal.article (
  instrument_id text collate "C" not null references legal.instrument on delete cascade,
  ordinal int not null,
  number text not null,
  heading text,
  body text not null,
  -- The row's place and cursor id.
  row_id text collate "C" generated always as (lpad(ordinal::text, 6, '0')) stored,
  primary key (instrument_id, ordinal)
);
create index on legal.article (instrument_id, row_id);

create table legal.participation (
  instrument_id text collate "C" not null references legal.instrument on delete cascade,
  country text collate "C" not null,
  signed_on date,
  bound_on date,
  action text check (action in ('RATIFICATION', 'ACCESSION', 'ACCEPTANCE', 'APPROVAL', 'SUCCESSION')),
  primary key (instrument_id, country)
);
create index on legal.participation (country) where bound_on is not null;

create table legal.mla_request (
  id text collate "C" primary key,
  requested_country text not null,
  requesting_authority text,
  -- An instrument of any participant.
  legal_basis_id text collate "C",
  legal_basis_article text,
  -- The requesting country's own case.
  case_id text collate "C",
  measures text[] not null,
  urgency text not null check (urgency in ('ROUTINE', 'URGENT', 'IMMINENT_DANGER')),
  status text not null check (status in
    ('DRAFT', 'TRANSMITTED', 'ACKNOWLEDGED', 'MORE_INFO', 'GRANTED', 'PARTLY_EXECUTED', 'EXECUTED', 'REFUSED', 'WITHDRAWN')),
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
create index on legal.mla_request (case_id, id);

create table legal.mla_concern (
  mla_id text collate "C" not null references legal.mla_request on delete cascade,
  -- A case of another country.
  case_id text collate "C" not null,
  primary key (mla_id, case_id)
);
create index on legal.mla_concern (case_id, mla_id);
