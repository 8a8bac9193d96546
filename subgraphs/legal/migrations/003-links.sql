-- A hidden case hides the requests that are made for it, and the links to it (kit/migrations/003-links.sql).

select istmo.set_policy('legal.mla_request', $$
  istmo.sees(shared_with, handling) and not istmo.hides_case(case_id)$$);

select istmo.set_policy('legal.mla_concern', $$
  exists (select from legal.mla_request m where m.id = mla_id) and not istmo.hides_case(case_id)$$);
