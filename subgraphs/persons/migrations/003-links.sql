-- A hidden person hides what hangs on that person, and every link to that person (kit/migrations/003-links.sql).

create or replace function istmo.hides_person(id text) returns boolean
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from persons.person p where p.id = hides_person.id
      and not coalesce((not p.protected or istmo.shows_protected()) and istmo.sees(p.shared_with, p.handling), false));
end $$;

select istmo.set_policy('persons.same_as', $$
  exists (select from persons.person p where p.id = person_id) and not istmo.hides_person(other_id)$$);

-- An associate's own handling code counts too; whom it is shared with is said at the person.
select istmo.set_policy('persons.associate', $$
  exists (
    select from persons.person p
    where p.id = associate.person_id and istmo.sees(p.shared_with, p.handling || associate.handling))
  and not istmo.hides_person(associate_id)$$);

