-- Row-level security: what a leg may read. Every statement of a leg runs as `istmo_reader`, which owns nothing and cannot bypass
-- the policies; importers and migrations run as the owner, whom the policies do not concern.

-- A role belongs to the whole server: another country's database beside this one may have made it, or be making it now.
do $$
begin
  if not exists (select from pg_roles where rolname = 'istmo_reader') then
    create role istmo_reader nologin nosuperuser nocreatedb nocreaterole nobypassrls;
  end if;
exception when duplicate_object or unique_violation then
  null;
end $$;

-- To take the role, a user who is no superuser must be granted it. One who may not grant it has it from whoever made it; the node looks
-- at its start whether it can take it.
do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant istmo_reader to %I', current_user);
  end if;
exception when insufficient_privilege then
  null;
end $$;

-- What the kit says of the leg in hand, for one transaction: the task force that this country recognises, and whether protected
-- persons may be shown. Unsaid: nothing is seen.
create function istmo.task_force() returns text language sql stable parallel safe as $$
  select coalesce(current_setting('istmo.task_force', true), '')
$$;
create function istmo.shows_protected() returns boolean language sql stable parallel safe as $$
  select coalesce(current_setting('istmo.protected', true), '') = 'on'
$$;

-- Whether the leg may see a row. Shared with nobody in particular: with every task force that the country recognises, but for H2 (not
-- to be passed on without the owner's permission) and H3 (other limits, which no machine reads): those need to name it.
create function istmo.sees(shared_with text[], handling text[]) returns boolean language sql stable parallel safe as $$
  select istmo.task_force() <> '' and (
    istmo.task_force() = any(shared_with)
    or shared_with is null and not coalesce(handling && '{H2,H3}'::text[], true))
$$;

grant usage on schema istmo, reference to istmo_reader;
grant select on reference.iccs_code to istmo_reader;
