-- Telephones, e-mail, plates and the like (contract 1.2). Their values are recorded in the normal form of contract/identifiers.ts. Several persons may share
-- one, and one person may have several, so another value contradicts nobody.

do $$
begin
  -- A country may have a view in place of the table (docs/linking.md).
  if (select relkind from pg_class where oid = 'persons.identifier'::regclass) not in ('r', 'p') then return; end if;
  alter table persons.identifier drop constraint identifier_category_check;
  alter table persons.identifier add constraint identifier_category_check check (category in ('NATIONAL_ID', 'PASSPORT', 'TAX_ID', 'DRIVER_LICENCE',
    'RESIDENCE_PERMIT', 'TELEPHONE', 'EMAIL', 'VEHICLE_PLATE', 'VEHICLE_VIN', 'BANK_ACCOUNT', 'DEVICE_IMEI', 'FIREARM_SERIAL', 'SOCIAL_HANDLE', 'OTHER'));
end $$;

-- Whether a person who has another number of this kind is another person.
create function persons.is_document(category text) returns boolean language sql immutable parallel safe as $$
  select category in ('NATIONAL_ID', 'PASSPORT', 'TAX_ID', 'DRIVER_LICENCE', 'RESIDENCE_PERMIT', 'OTHER')
$$;

-- Whether the signs in a value of this kind tell values apart: juan.perez@ and juanperez@ are two.
create function persons.has_signs(category text) returns boolean language sql immutable parallel safe as $$
  select category in ('EMAIL', 'SOCIAL_HANDLE')
$$;

-- As before (migration 006). Without a jurisdiction, that of any country counts: a telephone names its country itself.
create or replace function persons.identifier_owners(category text, jurisdiction text, value text) returns text[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  id_folded constant text := persons.fold_identifier(identifier_owners.value);
  owners text[];
begin
  if id_folded is null or id_folded = '' or (persons.is_placeholder(id_folded) and not persons.has_signs(identifier_owners.category)) then return null; end if;
  owners := array(select i.person_id from persons.identifier i
    where i.folded = id_folded and i.category = identifier_owners.category
      and (identifier_owners.jurisdiction is null or i.jurisdiction = identifier_owners.jurisdiction)
      and (not persons.has_signs(identifier_owners.category) or lower(i.value) = lower(identifier_owners.value)));
  if cardinality(owners) > persons.most_names_of_identifier() and (
    select count(distinct istmo.fold(n.full_name)) from persons.person_name n
    where n.person_id = any(owners) and n.category = 'LEGAL') > persons.most_names_of_identifier()
  then return null; end if;
  return array(select p.id from persons.person p
    where p.id = any(owners) and not p.protected and istmo.sees(p.shared_with, p.handling));
end $$;

-- As before (migration 007), but only documents contradict.
create or replace function persons.candidate_names(keys text[], near_keys text[], born_keys text[], born date, nationality text,
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
    and (known is null or hit_near is not null or p.id = any(owners) or not persons.is_document(id_category)
      or not exists (select from persons.identifier i where i.person_id = p.id and i.category = id_category
        and i.jurisdiction = id_jurisdiction and not persons.is_placeholder(i.folded)));
end $$;
