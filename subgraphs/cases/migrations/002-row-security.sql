-- Which rows of `cases` a leg sees (kit/migrations/002-reader.sql). What hangs on a case goes with it.

grant usage on schema cases to istmo_reader;
grant select on all tables in schema cases to istmo_reader;

alter table cases.case_file enable row level security;
create policy seen on cases.case_file for select to istmo_reader using (istmo.sees(shared_with, handling));

alter table cases.warrant enable row level security;
create policy seen on cases.warrant for select to istmo_reader using (istmo.sees(shared_with, handling));

alter table cases.offence enable row level security;
create policy seen on cases.offence for select to istmo_reader
  using (exists (select from cases.case_file c where c.id = case_id));

alter table cases.participant enable row level security;
create policy seen on cases.participant for select to istmo_reader
  using ((not protected or istmo.shows_protected()) and exists (select from cases.case_file c where c.id = case_id));

alter table cases.linked_case enable row level security;
create policy seen on cases.linked_case for select to istmo_reader
  using (exists (select from cases.case_file c where c.id = case_id));
