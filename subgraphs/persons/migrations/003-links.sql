-- A hidden person hides what hangs on that person, and every link to that person (kit/migrations/003-links.sql).

create or replace function istmo.hides_person(id text) returns boolean
language plpgsql stable parallel safe cost 10000 security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from persons.person p where p.id = hides_person.id
      and not coalesce((not p.protected or istmo.shows_protected()) and istmo.sees(p.shared_with, p.handling), false));
end $$;

select istmo.set_policy('persons.person', '(not protected or istmo.shows_protected()) and istmo.sees(shared_with, handling)');

select istmo.set_policy('persons.' || name, 'exists (select from persons.person p where p.id = person_id)')
from unnest(array['person_name', 'identifier', 'address', 'membership']) as tables(name);

select istmo.set_policy('persons.same_as', $$
  exists (select from persons.person p where p.id = person_id) and not istmo.hides_person(other_id)$$);

-- An associate's own handling code counts too; whom it is shared with is said at the person.
select istmo.set_policy('persons.associate', $$
  exists (
    select from persons.person p
    where p.id = associate.person_id and istmo.sees(p.shared_with, p.handling || associate.handling))
  and not istmo.hides_person(associate_id)$$);


-- Learns the words of all names. Over a view of names no trigger fires, so a country runs this after each load.
create function persons.learn_all_words() returns void language sql as $$
  insert into persons.name_word (word)
    select word from (select unnest(words || core) from persons.person_name) as w(word) where word is not null group by word order by word
    on conflict do nothing
$$;
revoke execute on function persons.learn_all_words() from public;
