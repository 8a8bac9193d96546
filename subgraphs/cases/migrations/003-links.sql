-- A hidden case or person hides what hangs on it: its warrants, the parts of persons in cases, and links
-- (kit/migrations/003-links.sql).

create or replace function istmo.hides_case(id text) returns boolean
language plpgsql stable parallel safe cost 10000 security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (select from cases.case_file c where c.id = hides_case.id and not istmo.sees(c.shared_with, c.handling));
end $$;

select istmo.set_policy('cases.case_file', 'istmo.sees(shared_with, handling)');

select istmo.set_policy('cases.offence', 'exists (select from cases.case_file c where c.id = case_id)');

select istmo.set_policy('cases.warrant', $$
  istmo.sees(shared_with, handling) and not istmo.hides_case(case_id) and not istmo.hides_person(subject_id)$$);

select istmo.set_policy('cases.participant', $$
  (not protected or istmo.shows_protected()) and exists (select from cases.case_file c where c.id = case_id)
  and not istmo.hides_person(person_id)$$);

select istmo.set_policy('cases.linked_case', $$
  exists (select from cases.case_file c where c.id = case_id) and not istmo.hides_case(linked_id)$$);
