-- Hit searches tell less: only the dates that the node lists are near (persons/near-birth-dates.ts), and an identifier that contradicts a
-- record changes nothing. Otherwise whoever may only ask for hits could find out a date of birth, or whether a document exists.
drop function persons.candidate_names(text[], text[], text[], date, text, text, text, text);

-- As before (migration 004), but an identifier that is none (migration 006) is not asked for, and a recorded one contradicts nothing. `hit_near` is
-- null for a search for persons; a hit search has the dates that are near in it.
create function persons.candidate_names(keys text[], near_keys text[], born_keys text[], born date, nationality text,
  id_category text, id_jurisdiction text, id_value text, hit_near date[])
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
    where born is not null and n.keys && near_keys
      and case when hit_near is null then persons.dates_near(b.birth_date, born) else b.birth_date = any(hit_near) end
    union all
    select n.person_id, n.ordinal, n.parts,
      case when born is null then null when b.birth_date is null then 'silent' when b.birth_date = born then 'same' else 'near' end
    from persons.person b join persons.person_name n on n.person_id = b.id
    where b.id = any(owners) and n.keys && born_keys
      and (born is null or b.birth_date is null or b.birth_date = born
        or case when hit_near is null then persons.dates_near(b.birth_date, born) else b.birth_date = any(hit_near) end)
  )
  select f.person_id, f.ordinal, array_to_string(f.parts, ' '), f.birth, p.id = any(owners)
  from found f join persons.person p on p.id = f.person_id
  where not p.protected and istmo.sees(p.shared_with, p.handling)
    and (candidate_names.nationality is null or candidate_names.nationality = any(p.nationalities))
    and (known is null or hit_near is not null or p.id = any(owners)
      or not exists (select from persons.identifier i where i.person_id = p.id and i.category = id_category
        and i.jurisdiction = id_jurisdiction and not persons.is_placeholder(i.folded)));
end $$;
