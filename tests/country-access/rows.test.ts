import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { casesModule } from '../../subgraphs/cases/module.ts'
import { checkReader, PUBLIC_ROWS, type RowVisibility, readAs } from '../../subgraphs/kit/read-as.ts'
import { openTestDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { legalModule } from '../../subgraphs/legal/module.ts'
import { personsModule } from '../../subgraphs/persons/module.ts'

/**
 * Compares row-level security with a plain filter, on PGlite or on the server that `ISTMO_TEST_DATABASE_URL` names.
 */

let database: TestDatabase

beforeAll(async () => {
  database = await openTestDatabase([casesModule, personsModule, legalModule], 'HN')
})
afterAll(() => database?.close())

const FORCES = ['jtf-a', 'jtf-b', "jtf-'c"] as const

/** A record with the columns that decide who sees it, and one row of each kind that belongs to it. */
interface Record {
  readonly sharedWith: readonly string[] | null
  readonly handling: readonly string[]
  readonly isProtected: boolean
  /** Belongs to the associate of a person. */
  readonly ownHandling: readonly string[]
  /** Which record its links name, counted round the records of the world; null for none. */
  readonly names: number | null
}

const handling = fc.subarray(['H0', 'H1', 'H2', 'H3', 'H9'])
const record: fc.Arbitrary<Record> = fc.record({
  sharedWith: fc.option(fc.subarray([...FORCES, '*']), { nil: null }),
  handling,
  isProtected: fc.boolean(),
  ownHandling: handling,
  names: fc.option(fc.nat(11)),
})
const visibleRows: fc.Arbitrary<RowVisibility> = fc.record({
  taskForce: fc.option(fc.constantFrom(...FORCES, '*'), { nil: null }),
  showsProtected: fc.boolean(),
})

/** The rule of docs/access.md for a row, as a plain filter. No task force is named `*`. */
function isSeen({ taskForce }: RowVisibility, sharedWith: Record['sharedWith'], codes: readonly string[]): boolean {
  if (taskForce === null || taskForce === '*' || sharedWith === null) return false
  if (sharedWith.includes(taskForce)) return true
  return sharedWith.includes('*') && codes.every((code) => code === 'H0' || code === 'H1')
}

function seesCase(who: RowVisibility, { sharedWith, handling }: Record): boolean {
  return isSeen(who, sharedWith, handling)
}

/** The names that a search for «Ana Paz» looks at. No search finds a protected person. */
const CANDIDATES = `persons.candidate_names('{ana pas}', '{}', '{}', null, null, null, null, null, null)`

function seesPerson(who: RowVisibility, { sharedWith, handling, isProtected }: Record): boolean {
  return isSeen(who, sharedWith, handling) && (who.showsProtected || !isProtected)
}

/** Decides whether a leg sees the row of a record. `named` is the record that the row names: the row is hidden with it. */
type Sees = (who: RowVisibility, record: Record, named: Record | null) => boolean

const seesNamed = (see: (who: RowVisibility, record: Record) => boolean, who: RowVisibility, named: Record | null) =>
  named === null || see(who, named)

/** The tables, each with the rule for its rows. */
const TABLES: Readonly<{ [table: string]: Sees }> = {
  'cases.case_file': seesCase,
  'cases.offence': seesCase,
  'cases.linked_case': (who, row, named) => seesCase(who, row) && seesNamed(seesCase, who, named),
  'cases.warrant': (who, row, named) =>
    seesCase(who, row) && seesNamed(seesCase, who, named) && seesNamed(seesPerson, who, named),
  'cases.participant': (who, row, named) =>
    seesCase(who, row) && (who.showsProtected || !row.isProtected) && seesNamed(seesPerson, who, named),
  'persons.person': seesPerson,
  'persons.person_name': seesPerson,
  'persons.identifier': seesPerson,
  'persons.address': seesPerson,
  'persons.membership': seesPerson,
  'persons.same_as': (who, row, named) => seesPerson(who, row) && seesNamed(seesPerson, who, named),
  'persons.associate': (who, row, named) =>
    seesPerson(who, row) &&
    isSeen(who, row.sharedWith, [...row.handling, ...row.ownHandling]) &&
    seesNamed(seesPerson, who, named),
  'legal.mla_request': (who, row, named) => seesCase(who, row) && seesNamed(seesCase, who, named),
  'legal.mla_concern': (who, row, named) => seesCase(who, row) && seesNamed(seesCase, who, named),
}

/** The column that names the record, in each table. */
const KEYS: Readonly<{ [table: string]: string }> = {
  'cases.case_file': 'id',
  'cases.warrant': 'id',
  'persons.person': 'id',
  'legal.mla_request': 'id',
  'legal.mla_concern': 'mla_id',
}
const keyOf = (table: string): string => KEYS[table] ?? (table.startsWith('cases') ? 'case_id' : 'person_id')

function namedBy(records: readonly Record[], { names }: Record): Record | null {
  return names === null ? null : (records[names % records.length] ?? null)
}

async function fill(db: Database, records: readonly Record[]): Promise<void> {
  const idOf = (row: Record): string | null => (row.names === null ? null : `HN:${row.names % records.length}`)
  const rows = JSON.stringify(records.map((row, index) => ({ ...row, id: `HN:${index}`, named: idOf(row) })))
  await db.execute(
    'delete from cases.case_file; delete from cases.warrant; delete from persons.person; delete from legal.mla_request',
  )
  const from = `from jsonb_to_recordset($1::jsonb) as r(id text, "sharedWith" text[], handling text[], "isProtected" boolean, "ownHandling" text[], named text)`
  const rest = `'MP', r.handling, now(), true, r."sharedWith"`
  const columns = 'agency, handling, recorded_at, synthetic, shared_with'
  for (const statement of [
    `insert into cases.case_file (id, ${columns}) select id, ${rest} ${from}`,
    `insert into cases.warrant (id, case_id, subject_id, category, status, issued_on, ${columns})
       select id, named, named, 'ARREST', 'ACTIVE', '2026-01-01', ${rest} ${from}`,
    `insert into cases.offence (case_id, ordinal, iccs, national_label) select id, 1, '01', 'x' ${from}`,
    `insert into cases.linked_case (case_id, linked_id) select id, coalesce(named, 'GT:1') ${from}`,
    `insert into cases.participant (row_id, case_id, person_id, role) select id, id, named, case when "isProtected" then 'VICTIM' else 'SUSPECT' end ${from}`,
    `insert into persons.person (id, protected, ${columns}) select id, "isProtected", ${rest} ${from}`,
    `insert into persons.person_name (person_id, ordinal, category, full_name) select id, 1, 'LEGAL', 'Ana Paz' ${from}`,
    `insert into persons.identifier (person_id, ordinal, category, jurisdiction, value) select id, 1, 'PASSPORT', 'HN', 'A1' ${from}`,
    `insert into persons.address (person_id, ordinal, country) select id, 1, 'HN' ${from}`,
    `insert into persons.membership (person_id, ordinal, group_name) select id, 1, 'g' ${from}`,
    `insert into persons.same_as (person_id, other_id) select id, coalesce(named, 'GT:1') ${from}`,
    `insert into persons.associate (row_id, person_id, associate_id, relationship, agency, handling, recorded_at, synthetic)
       select id, id, named, 'x', 'MP', "ownHandling", now(), true ${from}`,
    `insert into legal.mla_request (id, case_id, requested_country, measures, urgency, status, ${columns})
       select id, named, 'GT', '{OTHER}', 'ROUTINE', 'DRAFT', ${rest} ${from}`,
    `insert into legal.mla_concern (mla_id, case_id) select id, coalesce(named, 'GT:1') ${from}`,
  ])
    await db.query(statement, [rows])
}

describe('the rows that a leg receives', () => {
  it('are those that a plain filter lets through, in each table', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 12 }),
        fc.array(visibleRows, { minLength: 1, maxLength: 4 }),
        async (records, sights) => {
          await fill(database.db, records)
          for (const who of sights) {
            const reader = readAs(database.db, who)
            for (const [table, isGiven] of Object.entries(TABLES)) {
              const rows = await reader.query<{ id: string }>(`select ${keyOf(table)} as id from ${table}`)
              const expected = records.flatMap((row, index) =>
                isGiven(who, row, namedBy(records, row)) ? [`HN:${index}`] : [],
              )
              expect(rows.map(({ id }) => id).sort(), `${table} ${JSON.stringify(who)}`).toEqual(expected.sort())
            }
            const found = await reader.query<{ id: string }>(`select person_id as id from ${CANDIDATES}`)
            const expected = records.flatMap((row, index) =>
              seesPerson(who, row) && !row.isProtected ? [`HN:${index}`] : [],
            )
            expect(found.map(({ id }) => id).sort(), 'candidate_names').toEqual(expected.sort())
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('come from tables that each have a row-level policy or hold public law', async () => {
    const rows = await database.db.query<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('cases', 'persons', 'legal') and c.relkind = 'r' and not c.relrowsecurity
         and has_table_privilege('istmo_reader', c.oid, 'SELECT') order by 1`,
    )
    expect(rows.map(({ name }) => name)).toEqual([
      'legal.article',
      'legal.coverage',
      'legal.instrument',
      'legal.participation',
      'legal.statute',
    ])
  })
})

describe('the role of a leg', () => {
  const hidden: Record = { sharedWith: ['jtf-a'], handling: ['H2'], isProtected: true, ownHandling: [], names: null }
  /** Runs one statement as the reader, without the settings of a leg. */
  const asReader = (statement: string): Promise<readonly unknown[]> =>
    database.db.transaction(async (transaction) => {
      await transaction.execute('set local role istmo_reader')
      return transaction.query(statement)
    })

  beforeAll(() => fill(database.db, [hidden]))

  it('sees nothing if nobody has said whose leg it is', async () => {
    for (const table of Object.keys(TABLES)) expect(await asReader(`select * from ${table}`), table).toEqual([])
  })

  it.each([
    ['a cast that fails on what it reads', `select 1 from persons.person_name where full_name::int = 1`],
    ['a division by what it reads', `select 1 from cases.case_file where 1 / (length(id) - 4) = 1`],
    ['the search’s own function', `select * from ${CANDIDATES}`],
    [
      'the planner’s statistics',
      `select * from pg_stats where schemaname in ('cases', 'persons', 'legal') and tablename <> 'statute' and most_common_vals::text like '%HN:0%'`,
    ],
  ])('learns nothing by %s', async (_title, statement) => {
    await database.db.execute('analyze')
    expect(await asReader(statement)).toEqual([])
  })

  it.each([
    ['write', `update cases.case_file set shared_with = null`],
    ['write by a function', `insert into persons.name_word (word) values ('x')`],
    ['read all recorded words', 'select * from persons.name_word'],
    ['switch row-level security off', 'alter table cases.case_file disable row level security'],
    ['read the settings of the database', 'select * from istmo.setting'],
    ['make a function of its own', `create function cases.leak(text) returns boolean language sql as 'select true'`],
  ])('cannot %s', async (_title, statement) => {
    await expect(asReader(statement)).rejects.toThrow(/permission denied|must be owner/)
  })

  it('ends with its statement: the next one has its own visibility, and nothing binds the owner', async () => {
    const sees = { taskForce: 'jtf-a', showsProtected: true }
    const count = 'select count(*)::int as n, current_user as role from persons.person'
    const [first] = await readAs(database.db, sees).query<{ n: number; role: string }>(count)
    expect(first).toEqual({ n: 1, role: 'istmo_reader' })
    await expect(readAs(database.db, sees).query('select 1 / 0')).rejects.toThrow('division by zero')
    expect(await readAs(database.db, PUBLIC_ROWS).query(count)).toEqual([{ n: 0, role: 'istmo_reader' }])
    const [owner] = await database.db.query<{ n: number; role: string }>(count)
    expect([owner?.n, owner?.role === 'istmo_reader']).toEqual([1, false])
  })

  it('is checked before a node serves', async () => {
    await checkReader(database.db, ['cases', 'persons', 'legal'])
    await database.db.execute('grant delete on cases.offence to istmo_reader')
    await expect(checkReader(database.db, ['cases'])).rejects.toThrow('the role may write cases.offence')
    await database.db.execute('revoke delete on cases.offence from istmo_reader')
  })
})
