import type { WorldPerson } from '../../tests/oracle/band-oracle.ts'
import type { Database } from '../kit/types.ts'

/** Replaces all persons with a test's persons. The words of the earlier persons stay in the database, as they do in a real one. */
export async function replacePersons(db: Database, world: readonly WorldPerson[]): Promise<void> {
  await db.query('delete from persons.person')
  const people = JSON.stringify(world)
  await db.query(
    `insert into persons.person (id, protected, birth_date, nationalities, agency, handling, recorded_at, synthetic)
     select id, protected, "birthDate", nationalities, 'GT-MP', '{H1}', '2026-01-02T03:04:05Z', true
     from jsonb_to_recordset($1::jsonb) as p(id text, protected boolean, "birthDate" date, nationalities text[])`,
    [people],
  )
  await db.query(
    `insert into persons.person_name (person_id, ordinal, category, full_name, given_names, surnames)
     select p->>'id', n.ordinal, case n.ordinal when 1 then 'LEGAL' else 'ALIAS' end, n.value->>'full',
       (select array_agg(v) from jsonb_array_elements_text(nullif(n.value->'givenNames', 'null')) v),
       (select array_agg(v) from jsonb_array_elements_text(nullif(n.value->'surnames', 'null')) v)
     from jsonb_array_elements($1::jsonb) p, jsonb_array_elements(p->'names') with ordinality n(value, ordinal)`,
    [people],
  )
  await db.query(
    `insert into persons.identifier (person_id, ordinal, category, jurisdiction, value)
     select p->>'id', i.ordinal, i.value->>'category', i.value->>'jurisdiction', i.value->>'value'
     from jsonb_array_elements($1::jsonb) p, jsonb_array_elements(p->'identifiers') with ordinality i(value, ordinal)`,
    [people],
  )
}
