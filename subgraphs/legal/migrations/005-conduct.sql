-- What a treaty is called in Spanish, what conduct it is about, and as of which day its participations are known (contract 1.2). A publisher's rows get them at
-- the next import.
alter table legal.instrument add column title_es text, add column iccs text[], add column as_of date;
