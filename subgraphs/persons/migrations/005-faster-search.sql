-- The search for persons, faster: the same names are found.

-- Whether two days are near: two of year, month and day are the same, or day and month are swapped. Without `strict`, because PostgreSQL
-- writes the body of such a function into the statement and calls nothing for each row.
create or replace function persons.dates_near(a date, b date) returns boolean language sql immutable parallel safe as $$
  select a <> b and case when extract(year from a) = extract(year from b)
    then extract(month from a) = extract(month from b) or extract(day from a) = extract(day from b)
      or extract(month from a) = extract(day from b) and extract(day from a) = extract(month from b)
    else extract(month from a) = extract(month from b) and extract(day from a) = extract(day from b) end
$$;

-- One plan for all searches: to plan the statement takes longer than most searches, and to compile it (JIT) longer than any.
alter function persons.candidate_names(text[], text[], text[], date, text, text, text, text) set plan_cache_mode = force_generic_plan;
alter function persons.candidate_names(text[], text[], text[], date, text, text, text, text) set jit = off;

-- As before (migration 004), but the sound and the slips of each searched word are derived once.
create or replace function persons.recorded_words(words text[], slips boolean[])
returns table (asked text, asked_sound text, word text, sound text)
language sql stable strict parallel safe security definer set search_path = pg_catalog, pg_temp set jit = off as $$
  select a.word, a.sound, k.word, k.sound
  from (select u.word, persons.name_sound(u.word) as sound, case when u.slips then persons.word_slips(u.word) end as slips
    from unnest(words, slips) as u(word, slips) offset 0) as a
  cross join lateral (
    select w.word, w.sound from persons.name_word w where w.sound = a.sound
    union
    select w.word, w.sound from persons.name_word w where w.slips && a.slips
  ) as k
$$;
