-- When the records of a kind came from their source for the last time, by `istmo sync`; null where no mapping fills them. The reader learns this time and nothing
-- else of the runs.
create function istmo.source_time(kind text) returns timestamptz
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
  select max(m.last_at) from istmo.sync_mapping m
  where exists (select from istmo.synced_record r where r.mapping = m.id and r.kind = source_time.kind)
$$;
revoke all on function istmo.source_time(text) from public;
grant execute on function istmo.source_time(text) to istmo_reader;
