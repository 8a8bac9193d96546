-- Which rows of `legal` a leg sees (kit/migrations/002-reader.sql). Law is public: statutes and treaties have no policy.

grant usage on schema legal to istmo_reader;
grant select on all tables in schema legal to istmo_reader;

alter table legal.mla_request enable row level security;
create policy seen on legal.mla_request for select to istmo_reader using (istmo.sees(shared_with, handling));

alter table legal.mla_concern enable row level security;
create policy seen on legal.mla_concern for select to istmo_reader
  using (exists (select from legal.mla_request m where m.id = mla_id));
