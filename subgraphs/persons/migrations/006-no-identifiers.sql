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
