-- Values that stand where a number of a document should be, and identify nobody: `SIN CEDULA`, `000-000000-0000X`, a number that a clerk gave to
-- everybody. They are kept with the person, but no search compares them.

-- Whether a folded value is no number: it has no digit from 1 to 9.
create function persons.is_placeholder(folded text) returns boolean language sql immutable parallel safe as $$
  select folded !~ '[1-9]'
$$;

-- How many different names the persons of one identifier may have. One person is written in some ways; more names are more persons.
create function persons.most_names_of_identifier() returns int language sql immutable parallel safe as $$ select 10 $$;

-- Who has an identifier, of the persons whom the leg may see; null if it is none. Hidden persons count there too, so that a value is an
-- identifier for all callers or for none.
create function persons.identifier_owners(category text, jurisdiction text, value text) returns text[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  id_folded constant text := persons.fold_identifier(identifier_owners.value);
  owners text[];
begin
  if id_folded is null or persons.is_placeholder(id_folded) then return null; end if;
  owners := array(select i.person_id from persons.identifier i
    where i.folded = id_folded and i.category = identifier_owners.category and i.jurisdiction = identifier_owners.jurisdiction);
  if cardinality(owners) > persons.most_names_of_identifier() and (
    select count(distinct istmo.fold(n.full_name)) from persons.person_name n
    where n.person_id = any(owners) and n.category = 'LEGAL') > persons.most_names_of_identifier()
  then return null; end if;
  return array(select p.id from persons.person p
    where p.id = any(owners) and not p.protected and istmo.sees(p.shared_with, p.handling));
end $$;

-- As before (migration 004), but an identifier that is none is not asked for, and a recorded one contradicts nothing.
create or replace function persons.candidate_names(keys text[], near_keys text[], born_keys text[], born date, nationality text,
  id_category text, id_jurisdiction text, id_value text)
returns table (person_id text, ordinal int, parts text, birth text, identified boolean)
language plpgsql stable parallel safe security definer rows 100 set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set max_parallel_workers_per_gather = 0
set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  known constant text[] := persons.identifier_owners(id_category, id_jurisdiction, id_value);
  owners constant text[] := coalesce(known, '{}');
begin
  return query
  with found as (
    select n.person_id, n.ordinal, n.parts, null as birth from persons.person_name n
    where born is null and n.keys && candidate_names.keys
    union all
    select n.person_id, n.ordinal, n.parts, 'same' from persons.person b join persons.person_name n on n.person_id = b.id
    where b.birth_date = born and n.keys && (candidate_names.keys || born_keys)
    union all
    select n.person_id, n.ordinal, n.parts, 'silent' from persons.person b join persons.person_name n on n.person_id = b.id
    where born is not null and b.birth_date is null and n.keys && candidate_names.keys
    union all
    select n.person_id, n.ordinal, n.parts, 'near' from persons.person b join persons.person_name n on n.person_id = b.id
    where born is not null and n.keys && near_keys and persons.dates_near(b.birth_date, born)
    union all
    select n.person_id, n.ordinal, n.parts,
      case when born is null then null when b.birth_date is null then 'silent' when b.birth_date = born then 'same' else 'near' end
    from persons.person b join persons.person_name n on n.person_id = b.id
    where b.id = any(owners) and n.keys && born_keys
      and (born is null or b.birth_date is null or b.birth_date = born or persons.dates_near(b.birth_date, born))
  )
  select f.person_id, f.ordinal, array_to_string(f.parts, ' '), f.birth, p.id = any(owners)
  from found f join persons.person p on p.id = f.person_id
  where not p.protected and istmo.sees(p.shared_with, p.handling)
    and (candidate_names.nationality is null or candidate_names.nationality = any(p.nationalities))
    and (known is null or p.id = any(owners)
      or not exists (select from persons.identifier i where i.person_id = p.id and i.category = id_category
        and i.jurisdiction = id_jurisdiction and not persons.is_placeholder(i.folded)));
end $$;
