/** Made-up sources for the tests of proposals. */
import { formatProblem, parseMapping } from '../mapping/parse-mapping.ts'
import type { Source, SourceColumnKind, SourceKey, SourceTable } from '../sources/source.ts'
import { profileTable } from './profile.ts'
import { type ProposedSource, proposeMapping } from './propose-mapping.ts'
import { proposeWords } from './words.ts'

/** A table of a made-up source: its columns with their kinds, its keys, and its rows. */
export interface MadeTable {
  readonly name: string
  readonly columns: Readonly<Record<string, SourceColumnKind>>
  readonly keys?: readonly SourceKey[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Makes a source of tables. */
export function makeSource(tables: readonly MadeTable[]): Source & { readonly tables: readonly SourceTable[] } {
  const listed = tables.map(({ name, columns, keys, rows }) => ({
    name,
    columns: Object.entries(columns).map(([column, kind]) => ({ name: column, type: kind, kind, isNullable: true })),
    keys: keys ?? [],
    estimatedRows: rows.length,
  }))
  return {
    label: 'old',
    tables: listed,
    listTables: async () => listed,
    listColumns: async () => [],
    async *read({ from }) {
      const table = tables.find(({ name }) => name === from)
      const names = Object.keys(table?.columns ?? {})
      const rows = (table?.rows ?? []).map((row, index) => ({
        place: index + 1,
        row: Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])),
      }))
      yield { rows, unreadable: [] }
    },
    count: async () => null,
    close: async () => undefined,
  }
}

/** A database as a proposal names it. */
export const SQL: ProposedSource = { kind: 'SQL', url: 'postgres://reader@old/sisej', passwordFile: 'old.password' }

/** Proposes a mapping of made-up tables. */
export async function propose(
  tables: readonly MadeTable[],
  { country = 'NI', language = 'en' as 'en' | 'es', place = SQL, today = '2026-12-01' } = {},
) {
  const source = makeSource(tables)
  const profiles = []
  for (const table of source.tables) profiles.push(await profileTable(source, table, table.name, today))
  return proposeMapping({
    country,
    label: 'old',
    source: place,
    schema: '/x.json',
    tables: profiles,
    say: proposeWords(language),
  })
}

/** What the parser says of a proposal, but what a person must decide. */
export function faultsOf(text: string): readonly string[] {
  const parsed = parseMapping(text, 'm', { language: 'en', readFile: () => '' })
  return 'problems' in parsed ? parsed.problems.map(formatProblem).filter((problem) => !problem.includes('TODO')) : []
}

/** A file as a proposal names it. */
export const file = (delimiter = ','): ProposedSource => ({ kind: 'CSV', file: 'x.csv', encoding: null, delimiter })
/** Columns with texts, by their names with spaces between them. */
export const texts = (names: string): Readonly<Record<string, SourceColumnKind>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, 'text']))
/** A primary key of one or several columns. */
export const primary = (...columns: readonly string[]): SourceKey => ({ kind: 'PRIMARY', columns })
/** A foreign key of one column. */
export const foreign = (column: string, table: string, other = column): SourceKey => ({
  kind: 'FOREIGN',
  columns: [column],
  references: { table, columns: [other] },
})
