/** Fills a database with the persons of the benchmark, as a country's own database has them. */
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { bindCountry, migrate } from '../../subgraphs/kit/migrate.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { personsModule } from '../../subgraphs/persons/module.ts'
import { makePerson } from './make-persons.ts'

const BATCH = 10_000

/**
 * Creates the tables of persons in an empty database on a server, and fills them with the first `persons` persons, all of Guatemala. The index
 * of names is built last, because that is faster.
 */
export async function fillCountry(url: string, persons: number): Promise<void> {
  const db = await openDatabase({ url })
  await migrate(db, [personsModule])
  await bindCountry(db, 'GT')
  const [index] = await db.query<{ sql: string }>(`select pg_get_indexdef('persons.person_name_keys'::regclass) as sql`)
  await db.execute('drop index persons.person_name_keys')
  const half = Math.ceil(persons / 2 / BATCH) * BATCH
  const second = await openDatabase({ url })
  await Promise.all([load(db, 0, Math.min(half, persons)), load(second, half, persons)])
  await second.close()
  await db.transaction(async (tx) => {
    await tx.execute('set local statement_timeout = 0')
    await tx.execute(index?.sql ?? '')
    await tx.execute('analyze persons.person; analyze persons.person_name; analyze persons.name_word')
  })
  await db.close()
}

async function load(db: Database, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += BATCH) {
    const people = Array.from({ length: Math.min(BATCH, to - start) }, (_, i) => makePerson(start + i))
    const json = JSON.stringify(people)
    await db.transaction(async (tx) => {
      await tx.execute('set local statement_timeout = 0')
      await tx.query(
        `insert into persons.person (id, birth_date, agency, handling, recorded_at, synthetic, shared_with)
         select p.id, p."birthDate", 'MP', '{H1}', now(), true, '{*}'
         from jsonb_to_recordset($1::jsonb) as p(id text, "birthDate" date)`,
        [json],
      )
      await tx.query(
        `insert into persons.person_name (person_id, ordinal, category, full_name, given_names, surnames)
         select p.id, 1, 'LEGAL', p."full", array(select jsonb_array_elements_text(p.given)),
           array(select jsonb_array_elements_text(p.surnames))
         from jsonb_to_recordset($1::jsonb) as p(id text, "full" text, given jsonb, surnames jsonb)`,
        [json],
      )
    })
  }
}
