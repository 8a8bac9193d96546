-- The domain `cases` of one country. Ids across borders carry no foreign key: they may dangle (semantics.md).
-- Record ids are compared by bytes: COLLATE "C".

create schema cases;

create table cases.case_file (
  id text collate "C" primary key,
  tracking_id text,
  category text check (category in ('COMPLAINT', 'INVESTIGATION', 'PROSECUTION', 'COURT', 'APPEAL', 'ASSET_FORFEITURE')),
  status text check (status in ('OPEN', 'SUSPENDED', 'CHARGED', 'IN_TRIAL', 'ADJUDICATED', 'ARCHIVED')),
  filed_on date,
  closed_on date,
  subdivision text,
  court text,
  prosecutor text,
  narrative text,
  -- Provenance; originator is the country of the id.
  agency text not null,
  handling text[] not null,
  handling_note text,
  source_reliability text check (source_reliability in ('A', 'B', 'C', 'X')),
  information_accuracy text check (information_accuracy in ('ONE', 'TWO', 'THREE', 'FOUR')),
  recorded_at timestamptz not null,
  review_by date,
  synthetic boolean not null,
  -- Task forces that the row is shared with; null: with every one that the country recognises.
  shared_with text[],
  filed_desc_key text collate "C" generated always as (istmo.descending_date_key(filed_on)) stored,
  filed_asc_key text collate "C" generated always as (istmo.ascending_date_key(filed_on)) stored
);
create index on cases.case_file (filed_desc_key, id);
create index on cases.case_file (filed_asc_key, id);

create table cases.offence (
  case_id text collate "C" not null references cases.case_file on delete cascade,
  ordinal int not null,
  iccs text collate "C" not null,
  national_label text not null,
  statute_id text collate "C",
  attempted boolean,
  committed_from date,
  committed_to date,
  organised_crime boolean,
  disposition text check (disposition in ('PENDING', 'CONVICTED', 'ACQUITTED', 'DISMISSED', 'WITHDRAWN')),
  primary key (case_id, ordinal)
);
-- Ordered by bytes, so that a code and all codes below it are one range.
create index on cases.offence (iccs, case_id);

create table cases.warrant (
  id text collate "C" primary key,
  case_id text collate "C" references cases.case_file on delete cascade,
  category text not null check (category in ('ARREST', 'SEARCH', 'SURVEILLANCE', 'FREEZING')),
  status text not null check (status in ('ACTIVE', 'EXECUTED', 'RECALLED', 'EXPIRED')),
  issued_on date not null,
  expires_on date,
  issuing_court text,
  -- A person of any country.
  subject_id text collate "C",
  extradition_requested boolean,
  agency text not null,
  handling text[] not null,
  handling_note text,
  source_reliability text check (source_reliability in ('A', 'B', 'C', 'X')),
  information_accuracy text check (information_accuracy in ('ONE', 'TWO', 'THREE', 'FOUR')),
  recorded_at timestamptz not null,
  review_by date,
  synthetic boolean not null,
  shared_with text[],
  issued_desc_key text collate "C" generated always as (istmo.descending_date_key(issued_on)) stored
);
create index on cases.warrant (case_id, issued_desc_key, id);
create index on cases.warrant (subject_id, issued_desc_key, id);

create table cases.participant (
  -- The row's own id, never shown but in cursors; unique in the country.
  row_id text collate "C" primary key,
  case_id text collate "C" not null references cases.case_file on delete cascade,
  role text not null check (role in ('SUBJECT', 'SUSPECT', 'ACCUSED', 'CONVICTED', 'WITNESS', 'VICTIM')),
  -- A person of any country.
  person_id text collate "C",
  since date,
  until date,
  -- Victims and witnesses: no filter, search, hit or field but protectedParticipants matches through such a row.
  protected boolean generated always as (role in ('WITNESS', 'VICTIM')) stored
);
create index on cases.participant (case_id, row_id);
create index on cases.participant (person_id, case_id) where not protected;

create table cases.linked_case (
  case_id text collate "C" not null references cases.case_file on delete cascade,
  -- A case of any country.
  linked_id text collate "C" not null,
  primary key (case_id, linked_id)
);
