import type { FieldType } from '../../contract/records/record-kind.ts'
import { RECORD_KINDS } from '../../contract/records/records.ts'
import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import * as tables from '../importers/run-import.ts'
import { insertRows, type Progress, type Row, type Table } from '../importers/run-import.ts'
import { LAW_CARD, statuteRows } from '../law/statutes.ts'
import { assistanceCount, makeAssistance, makeCase } from './cases.ts'
import { makePerson } from './persons.ts'
import { LAST_DAY } from './random.ts'
import { describeSettings, type GeneratorSettings } from './settings.ts'

/** Rows of one table. No row comes before a row that it refers to. */
export interface TableRows {
  readonly table: Table
  readonly rows: readonly Row[]
}

/** How many records are made at once. No more than these are in memory, whatever the settings. */
const CHUNK = 250

/**
 * Generates all made-up records of a country, in an order in which they can be inserted. The same settings make the same rows. A
 * record does not change when the settings ask for more records, with one exception: the persons whom the last cases name depend
 * on the number of persons. A column that no author gave a value gets one of its type, so that the demo shows each field.
 */
export function* generateCountry(settings: GeneratorSettings): Generator<TableRows> {
  for (const { table, rows } of writeCountry(settings)) {
    // The law is real.
    yield { table, rows: table === tables.STATUTE ? rows : fillColumns(table, rows) }
  }
}

/** Generates the rows of a country as their authors wrote them: without the columns that nobody thought of. */
export function* writeCountry(settings: GeneratorSettings): Generator<TableRows> {
  yield { table: tables.STATUTE, rows: statuteRows(settings.country) }
  for (const ordinals of chunks(settings.persons)) {
    const persons = ordinals.map((ordinal) => makePerson(settings, ordinal))
    yield { table: tables.PERSON, rows: persons.map(({ person }) => person) }
    yield { table: tables.PERSON_NAME, rows: persons.flatMap(({ names }) => names) }
    yield { table: tables.IDENTIFIER, rows: persons.flatMap(({ identifiers }) => identifiers) }
    yield { table: tables.ADDRESS, rows: persons.flatMap(({ addresses }) => addresses) }
    yield { table: tables.ASSOCIATE, rows: persons.flatMap(({ associates }) => associates) }
    yield { table: tables.MEMBERSHIP, rows: persons.flatMap(({ memberships }) => memberships) }
    yield { table: tables.SAME_AS, rows: persons.flatMap(({ sameAs }) => sameAs) }
  }
  for (const ordinals of chunks(settings.cases)) {
    const cases = ordinals.map((ordinal) => makeCase(settings, ordinal))
    yield { table: tables.CASE_FILE, rows: cases.map(({ file }) => file) }
    yield { table: tables.OFFENCE, rows: cases.flatMap(({ offences }) => offences) }
    yield { table: tables.WARRANT, rows: cases.flatMap(({ warrants }) => warrants) }
    yield { table: tables.PARTICIPANT, rows: cases.flatMap(({ participants }) => participants) }
    yield { table: tables.LINKED_CASE, rows: cases.flatMap(({ links }) => links) }
  }
  for (const ordinals of chunks(assistanceCount(settings))) {
    const requests = ordinals.map((ordinal) => makeAssistance(settings, ordinal))
    yield { table: tables.MLA_REQUEST, rows: requests.map(({ request }) => request) }
    yield { table: tables.MLA_CONCERN, rows: requests.flatMap(({ concerns }) => concerns) }
  }
}

/** Yields the ordinals from 1 to `count` in batches. */
function* chunks(count: number): Generator<readonly number[]> {
  for (let from = 1; from <= count; from += CHUNK) {
    yield Array.from({ length: Math.min(CHUNK, count - from + 1) }, (_, k) => from + k)
  }
}

/** Adds the columns of a table that made-up rows lack, each with the same value of its type. What a row has stays. */
export function fillColumns({ name }: Table, rows: readonly Row[]): readonly Row[] {
  const [first = {}] = rows
  const fields = RECORD_KINDS.find(({ table }) => table === name)?.fields ?? []
  const absent = fields.filter(({ column, field }) => field !== null && !(column in first))
  if (absent.length === 0) return rows
  const values = Object.fromEntries(absent.map(({ column, type }) => [column, exampleOf(type)]))
  return rows.map((row) => ({ ...values, ...row }))
}

function exampleOf(type: FieldType): Row[string] {
  switch (type.kind) {
    case 'text':
      return 'Dato de ejemplo'
    case 'date':
      return LAST_DAY
    case 'boolean':
      return false
    case 'whole':
      return 1
    case 'enum':
      return type.values[0] ?? null
    case 'list':
      return [exampleOf(type.of)].flatMap((item) => (item === null ? [] : String(item)))
    default:
      return null
  }
}

/** What {@link loadCountry} needs: a migrated database of `settings.country`, all three domains. */
export interface LoadOptions {
  readonly db: Database
  readonly settings: GeneratorSettings
  readonly progress: Progress
}

const SETTING = 'generator'

/** How the texts of made-up law began before version 0.3. */
const LAW_OF_OLDER_VERSIONS = 'Artículo inventado para demostración: no es la ley'

/**
 * Loads a country's made-up records into its database, all or nothing. Removes the records that other settings made, and does not
 * change real records.
 * @returns whether it loaded them, which it does not if the database held exactly these, and how many rows all tables have.
 */
export async function loadCountry({ db, settings, progress }: LoadOptions) {
  const wanted = describeSettings(settings)
  const [held] = await db.query<{ value: string }>('select value from istmo.setting where name = $1', [SETTING])
  if (held?.value === wanted) return { loaded: false, rows: 0 }
  try {
    const result = await db.transaction(async (tx) => {
      await removeMadeUp(tx, settings.country)
      let rows = 0
      for (const batch of generateCountry(settings)) {
        await insertRows(tx, batch.table, batch.rows)
        rows += batch.rows.length
        progress.report(`${settings.country}: made-up records`, rows)
      }
      await tx.query(
        'insert into istmo.setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
        [SETTING, wanted],
      )
      return { loaded: true, rows }
    })
    await refreshStatistics(db)
    return result
  } finally {
    progress.clear()
  }
}

async function removeMadeUp(tx: Database, country: string): Promise<void> {
  await tx.execute(`
    delete from cases.case_file where synthetic;
    delete from cases.warrant where synthetic;
    delete from persons.person where synthetic;
    delete from legal.mla_request where synthetic`)
  const sql = 'delete from legal.statute where starts_with(id, $1) and body ~ $2'
  await tx.query(sql, [`${country}:`, `^(${LAW_CARD}|${LAW_OF_OLDER_VERSIONS})`])
}
