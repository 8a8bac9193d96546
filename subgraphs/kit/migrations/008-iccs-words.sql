-- The words of the titles, folded once: a blank stands before each, so that the beginning of a word is found behind a blank. A search that folded each
-- title for each of its words took a second of a core for a request of one kilobyte.
alter table reference.iccs_code
  add column words_en text generated always as (' ' || istmo.fold(title_en)) stored,
  add column words_es text generated always as (' ' || istmo.fold(title_es)) stored;
