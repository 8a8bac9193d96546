-- What the participant's data is complete for. Nobody can see from a list that it lacks something, so the participant says where its
-- list is whole. Where it does not say so, its answer carries the note COVERAGE_PARTIAL.
create table legal.coverage (
  subject text not null check (subject in ('PARTICIPATIONS', 'STATUTES', 'ICCS')),
  -- PARTICIPATIONS: the country whose participations are complete. STATUTES: the ICCS code of which, with all codes below it, the statutes
  -- are complete. ICCS: always `*`. In each subject `*` stands for everything.
  key text collate "C" not null,
  primary key (subject, key)
);
grant select on legal.coverage to istmo_reader;

-- A publisher's complete file that was imported before this table existed.
insert into legal.coverage (subject, key)
  select distinct case importer when 'iccs' then 'ICCS' else 'PARTICIPATIONS' end, '*'
  from istmo.import_run where importer in ('iccs', 'treaties.participation');
