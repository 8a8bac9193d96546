-- When a case changed last in the country's own records: `CaseFilter.recordedSince` compares it.
--
-- A case that is taken in has changed when it was recorded, unless the row says another time. Each later change of the row counts from
-- the moment of the change, and so does one that shows the case to others (`shared_with`, `handling`). A change of the charges, of the
-- links or of the participants is a change of the case. Victims and witnesses are left out: the time must not tell about them.

alter table cases.case_file add column changed_at timestamptz;
update cases.case_file set changed_at = recorded_at;
alter table cases.case_file alter column changed_at set not null;
create index on cases.case_file (changed_at);

create function cases.set_changed_at() returns trigger language plpgsql as $$
declare
  -- The database computes these only after this trigger.
  generated constant text[] := '{filed_desc_key,filed_asc_key}';
begin
  if tg_op = 'INSERT' then
    new.changed_at := coalesce(new.changed_at, new.recorded_at);
  elsif new.changed_at is null
      or new.changed_at = old.changed_at and to_jsonb(new) - generated is distinct from to_jsonb(old) - generated then
    new.changed_at := now();
  end if;
  return new;
end $$;
create trigger set_changed_at before insert or update on cases.case_file
  for each row execute function cases.set_changed_at();

-- Marks the cases of these rows as changed now. A case that this transaction wrote itself has its time already: a load writes a case
-- and what belongs to it in one transaction.
create function cases.touch(case_ids text[]) returns void language sql as $$
  update cases.case_file c set changed_at = now()
  where c.id = any(case_ids) and c.xmin <> pg_current_xact_id()::xid
$$;

create function cases.touch_cases() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'participant' then
    perform cases.touch((select array_agg(distinct case_id) from touched where not protected));
  else
    perform cases.touch((select array_agg(distinct case_id) from touched));
  end if;
  return null;
end $$;

do $$
declare
  name text;
begin
  foreach name in array array['offence', 'participant', 'linked_case'] loop
    execute format('create trigger touch_inserted after insert on cases.%I referencing new table as touched
      for each statement execute function cases.touch_cases()', name);
    execute format('create trigger touch_updated after update on cases.%I referencing new table as touched
      for each statement execute function cases.touch_cases()', name);
    execute format('create trigger touch_deleted after delete on cases.%I referencing old table as touched
      for each statement execute function cases.touch_cases()', name);
  end loop;
end $$;

-- The order of the warrants of a country (`Query.warrants`).
create index on cases.warrant (issued_desc_key, id);
