-- Which rows of `persons` a leg sees (kit/migrations/002-reader.sql). What hangs on a person goes with it.

grant usage on schema persons to istmo_reader;
grant select on all tables in schema persons to istmo_reader;

alter table persons.person enable row level security;
create policy seen on persons.person for select to istmo_reader
  using ((not protected or istmo.shows_protected()) and istmo.sees(shared_with, handling));

alter table persons.person_name enable row level security;
create policy seen on persons.person_name for select to istmo_reader
  using (exists (select from persons.person p where p.id = person_id));

alter table persons.identifier enable row level security;
create policy seen on persons.identifier for select to istmo_reader
  using (exists (select from persons.person p where p.id = person_id));

alter table persons.address enable row level security;
create policy seen on persons.address for select to istmo_reader
  using (exists (select from persons.person p where p.id = person_id));

alter table persons.membership enable row level security;
create policy seen on persons.membership for select to istmo_reader
  using (exists (select from persons.person p where p.id = person_id));

alter table persons.same_as enable row level security;
create policy seen on persons.same_as for select to istmo_reader
  using (exists (select from persons.person p where p.id = person_id));

-- An associate's own handling code counts too; whom it is shared with is said at the person.
alter table persons.associate enable row level security;
create policy seen on persons.associate for select to istmo_reader
  using (exists (
    select from persons.person p where p.id = person_id and istmo.sees(p.shared_with, p.handling || associate.handling)));

-- The words of all names, hidden persons' among them: read by the search alone, through its function.
revoke select on persons.name_word from istmo_reader;
-- It needs the operators of pg_trgm, which stand where the server's administrator, or the owner's own search path, put them.
do $$
begin
  execute format('alter function persons.searched_words(text) security definer set search_path = pg_catalog, %s, pg_temp',
    (select e.extnamespace::regnamespace::text from pg_extension e where e.extname = 'pg_trgm'));
end
$$;

-- The names that a searched name may be near: each searched word is like a word of the name, or two of its core are. `alike` has a
-- list of recorded words for each searched one. A policy keeps the comparison of words from an index, since that is not leakproof;
-- so the names are found here, as the owner, and only those that the leg may see.
create function persons.candidate_names(alike jsonb) returns table (person_id text, ordinal int)
language sql stable strict parallel safe security definer rows 100 set search_path = pg_catalog, pg_temp as $$
  with searched as materialized (
    select array(select jsonb_array_elements_text(each.words)) as words from jsonb_array_elements(alike) as each(words)
  ), found as (
    select n.person_id, n.ordinal from searched s join persons.person_name n on n.words && s.words
    group by 1, 2 having count(*) = (select count(*) from searched)
    union
    select n.person_id, n.ordinal from searched s join persons.person_name n on n.core && s.words
    group by 1, 2 having count(*) >= 2
  )
  select f.person_id, f.ordinal from found f join persons.person p on p.id = f.person_id
  where (not p.protected or istmo.shows_protected()) and istmo.sees(p.shared_with, p.handling)
$$;
