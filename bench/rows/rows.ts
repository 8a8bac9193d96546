import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { casesModule } from '../../subgraphs/cases/module.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { bindCountry, migrate } from '../../subgraphs/kit/migrate.ts'
import { findOpenTables, findUncovered } from '../../subgraphs/kit/row-watch.ts'
import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import { createTestExecutor } from '../../subgraphs/kit/testing.ts'
import type { Database, DomainModule } from '../../subgraphs/kit/types.ts'
import { legalModule } from '../../subgraphs/legal/module.ts'
import { personsModule } from '../../subgraphs/persons/module.ts'

/**
 * Measures what row-level security costs: pages of a country with 100,000 cases and 500,000 participants on a PostgreSQL server, and the
 * proofs that a node makes at its start.
 *
 * Run: `DATABASE_URL=postgres://user@127.0.0.1:5432/postgres npm run bench:rows`. It creates a database and drops it.
 */

const CASES = 100_000
const PERSONS = 100_000
const RUNS = 15
const MODULES = [casesModule, personsModule, legalModule]

const FILL = `
  insert into persons.person (id, protected, agency, handling, recorded_at, synthetic, shared_with)
    select 'GT:P' || n, n % 50 = 0, 'MP', '{H1}', now(), true, case when n % 7 = 0 then '{other}' else '{*}' end::text[]
    from generate_series(1, ${PERSONS}) n;
  insert into persons.person_name (person_id, ordinal, category, full_name)
    select 'GT:P' || n, 1, 'LEGAL', 'Ana ' || (array['Paz', 'Ruiz', 'Núñez', 'Caal'])[n % 4 + 1] || ' ' || n % 997 from generate_series(1, ${PERSONS}) n;
  insert into cases.case_file (id, filed_on, agency, handling, recorded_at, synthetic, shared_with)
    select 'GT:C' || n, date '2015-01-01' + n % 4000, 'MP', '{H1}', now(), true, case when n % 5 = 0 then '{other}' else '{*}' end::text[]
    from generate_series(1, ${CASES}) n;
  insert into cases.offence (case_id, ordinal, iccs, national_label)
    select 'GT:C' || n, 1, lpad((n % 11 + 1)::text, 2, '0') || '01', 'x' from generate_series(1, ${CASES}) n;
  insert into cases.participant (row_id, case_id, role, person_id)
    select 'GT:R' || n, 'GT:C' || (n % ${CASES} + 1), case when n % 6 = 0 then 'VICTIM' else 'SUSPECT' end, 'GT:P' || (n * 7 % ${PERSONS} + 1)
    from generate_series(1, ${5 * CASES}) n;
  insert into cases.warrant (id, case_id, subject_id, category, status, issued_on, agency, handling, recorded_at, synthetic, shared_with)
    select 'GT:W' || n, 'GT:C' || n, 'GT:P' || n, 'ARREST', 'ACTIVE', date '2020-01-01' + n % 1000, 'MP', '{H1}', now(), true, '{*}'
    from generate_series(1, ${CASES / 2}) n;
  insert into cases.linked_case select 'GT:C' || n, 'GT:C' || n + 1 from generate_series(1, ${CASES / 2}) n`

const QUESTIONS: readonly (readonly [string, DomainModule, string])[] = [
  ['a page of 100 cases', casesModule, '{ cases(countries: ["GT"], first: 100) { edges { node { id } } } }'],
  [
    '… with participants, warrants and links',
    casesModule,
    `{ cases(countries: ["GT"], first: 100) { edges { node { id linkedCases { id }
       warrants { edges { node { id subject { id } } } } participants { edges { node { person { id } } } } } } } }`,
  ],
  [
    'a person’s cases and warrants',
    casesModule,
    `{ _entities(representations: [{ __typename: "Person", id: "GT:P8" }]) { ... on Person {
       cases(countries: ["GT"]) { edges { node { id } } } warrants(countries: ["GT"]) { edges { node { id } } } } } }`,
  ],
  [
    'a filter by participant',
    casesModule,
    '{ cases(countries: ["GT"], filter: { participant: "GT:P8" }) { edges { node { id } } } }',
  ],
  ['counts of a code', casesModule, '{ caseCounts(countries: ["GT"], iccs: "01") { counts { cases } } }'],
  [
    'a search by name',
    personsModule,
    '{ persons(countries: ["GT"], search: { name: "Ana Paz 12" }) { edges { node { id } } } }',
  ],
]

async function measure(db: Database): Promise<void> {
  for (const [title, module, query] of QUESTIONS) {
    const ask = createTestExecutor(module, db, 'GT')
    const times: number[] = []
    for (let run = 0; run < RUNS; run++) {
      const startedAt = performance.now()
      const { errors } = await ask(query)
      if (errors) throw new Error(`${title}: ${JSON.stringify(errors)}`)
      times.push(performance.now() - startedAt)
    }
    times.sort((a, b) => a - b)
    const at = (share: number): string => `${times[Math.floor(share * times.length)]?.toFixed(1)} ms`
    console.log(`${title}: median ${at(0.5)}, p95 ${at(0.95)}`)
  }
}

async function timed(title: string, work: () => Promise<readonly unknown[]>): Promise<void> {
  const startedAt = performance.now()
  const found = await work()
  console.log(`${title}: ${(performance.now() - startedAt).toFixed(0)} ms, ${found.length} problems`)
}

const server = process.env.DATABASE_URL
if (!server)
  throw new Error('expected DATABASE_URL with a PostgreSQL server on which this program may create a database')
const name = `istmo_bench_${randomBytes(6).toString('hex')}`
const admin = await openDatabase({ url: server })
await admin.execute(`create database ${name} encoding 'UTF8' template template0`)
const url = new URL(server)
url.pathname = `/${name}`
const db = await openDatabase({ url: url.href })
try {
  await migrate(db, MODULES)
  await bindCountry(db, 'GT')
  await db.execute(FILL)
  await refreshStatistics(db)
  await measure(db)
  const tables = MODULES.flatMap((module) => (module.tables ? [module.tables] : []))
  await timed('the proof that each table hides its rows', () =>
    findOpenTables(db, ['cases', 'persons', 'legal'], tables),
  )
  await timed('the check that derived data covers persons', () =>
    findUncovered(db, personsModule.tables ?? { publicTables: [], links: [], derived: [] }),
  )
} finally {
  await db.close()
  await admin.execute(`drop database ${name} with (force)`)
  await admin.close()
}
