import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestDatabase } from '../../subgraphs/kit/testing.ts'
import { generateCountry } from '../generator/generate-country.ts'
import { createSettings } from '../generator/settings.ts'
import type { Table } from './run-import.ts'
import * as tables from './run-import.ts'
import { openCountryDatabase } from './testing.ts'

/**
 * Compares every column of the tables with what the generator makes and what the importers write. A column that is made and not written
 * is lost without a word; so is a column of the table that nobody thought of.
 */

interface Column {
  readonly table: string
  readonly column: string
  readonly isGenerated: boolean
}

/** Columns that neither generator nor importers fill, with the reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'cases.case_file.changed_at': 'the database sets it',
}

const ALL: readonly Table[] = Object.values(tables).filter((value): value is Table => isTable(value))

let database: TestDatabase
let columns: readonly Column[]

beforeAll(async () => {
  database = await openCountryDatabase('GT')
  columns = await database.db.query<Column>(`
    select table_schema || '.' || table_name as table, column_name as column, is_generated = 'ALWAYS' as "isGenerated"
    from information_schema.columns where table_schema in ('cases', 'persons', 'legal', 'reference')`)
})
afterAll(() => database.close())

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && 'columns' in value
}

const columnsOf = (table: string) => columns.filter((each) => each.table === table)

describe.each(ALL.map((table) => [table.name, table] as const))('%s', (name, table) => {
  it('is written with every column that the database does not compute itself', () => {
    const plain = columnsOf(name).filter(
      ({ column, isGenerated }) => !isGenerated && !(`${name}.${column}` in LEFT_OUT),
    )
    expect([...table.columns].sort()).toEqual(plain.map(({ column }) => column).sort())
  })

  it('has no column that the generator makes and nobody writes', () => {
    const made = new Set<string>()
    for (const batch of generateCountry(createSettings({ country: 'GT', persons: 60, cases: 90 }))) {
      if (batch.table.name === name)
        for (const row of batch.rows) for (const column of Object.keys(row)) made.add(column)
    }
    expect([...made].filter((column) => !table.columns.includes(column))).toEqual([])
  })
})

it('the generator fills every column of its tables in some row, so that the demo shows each field', () => {
  const filled = new Map<string, Set<string>>()
  for (const country of ['GT', 'HN', 'SV']) {
    for (const { table, rows } of generateCountry(createSettings({ country }))) {
      const names = filled.get(table.name) ?? new Set<string>()
      for (const row of rows) for (const [column, value] of Object.entries(row)) if (value !== null) names.add(column)
      filled.set(table.name, names)
    }
  }
  const empty = ALL.filter(({ name }) => filled.has(name)).flatMap(({ name, columns: written }) =>
    written.filter((column) => !filled.get(name)?.has(column)).map((column) => `${name}.${column}`),
  )
  expect(empty).toEqual([])
})

it('every table of the domains has a description here, except those that the database fills itself', () => {
  const known = new Set(ALL.map(({ name }) => name))
  const unknown = [...new Set(columns.map(({ table }) => table))].filter((table) => !known.has(table))
  expect(unknown).toEqual(['persons.name_word'])
})
