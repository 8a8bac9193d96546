-- Row-level security, second part: a row that names no task force is shared with nobody, and a hidden row hides what hangs on it.

-- Whether the leg may see a row. `shared_with` names the task forces; without names, nobody sees the row. `*` stands for each task
-- force that the country recognises, but it does not share a row whose handling codes limit the use (H2, H3, or a code that is not
-- known): such a row must name the task force itself.
create or replace function istmo.sees(shared_with text[], handling text[]) returns boolean language sql stable parallel safe as $$
  select istmo.task_force() not in ('', '*') and coalesce(
    istmo.task_force() = any(shared_with) or '*' = any(shared_with) and handling <@ '{H0,H1}'::text[], false)
$$;

-- Whether an id is that of a row which this database has and the leg may not see. Ids of other countries, and ids of no row, are not
-- hidden. The policies of rows that name a case or a person ask these functions, which therefore read as the owner. They say «no» until the
-- migrations of `cases` and `persons` replace them: a database without such rows cannot know which of them are hidden.
create function istmo.hides_case(id text) returns boolean
language plpgsql stable parallel safe cost 10000 security definer set search_path = pg_catalog, pg_temp as $$
begin
  return false;
end $$;
create function istmo.hides_person(id text) returns boolean
language plpgsql stable parallel safe cost 10000 security definer set search_path = pg_catalog, pg_temp as $$
begin
  return false;
end $$;

-- Gives a table its one policy, and notes the policy's text, so that the node sees at its start whether it is still this one. A view
-- keeps what its owner gave it: the policies of the tables below decide there, and the node proves that they do. A leg without a task
-- force sees no row of any such table; said first, this costs nothing.
create function istmo.set_policy(relation text, condition text) returns void language plpgsql as $$
declare
  target regclass := to_regclass(relation);
begin
  if coalesce((select relkind from pg_class where oid = target) not in ('r', 'p'), true) then return; end if;
  execute format('alter table %s enable row level security', target);
  execute format('drop policy if exists seen on %s', target);
  execute format('create policy seen on %s for select to istmo_reader using (istmo.task_force() <> %L and (%s))', target, '', condition);
  execute format('comment on policy seen on %s is %L', target,
    (select md5(pg_get_expr(polqual, polrelid)) from pg_policy where polrelid = target and polname = 'seen'));
end $$;
revoke execute on function istmo.set_policy(text, text) from public;
