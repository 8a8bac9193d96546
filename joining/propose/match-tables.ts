/** Finds out what the tables of a source are: which holds cases, which their charges, and by which columns they hang together. */
import type { RecordKindName } from '../mapping/mapping.ts'
import { childrenOf, kindOf, RECORD_KINDS } from '../mapping/record-kinds.ts'
import { FIELD_PHRASES } from './field-lexicon.ts'
import { scorePhrases } from './match-names.ts'
import type { TableProfile } from './profile.ts'
import { TABLE_PHRASES } from './table-lexicon.ts'

/** The table of a kind. */
export interface TableMatch {
  readonly kind: RecordKindName
  readonly table: TableProfile
}

/** What the tables are, and those that are nothing. */
export interface MatchedTables {
  readonly matches: readonly TableMatch[]
  readonly others: readonly TableProfile[]
}

/** A table whose name fits less is not proposed. */
const LEAST_SCORE = 4

/** Matches tables with kinds, each once, the best pairs first. A table that hangs on nothing that is there is no child. */
export function matchTables(tables: readonly TableProfile[]): MatchedTables {
  const [only] = tables
  if (only !== undefined && tables.length === 1)
    return { matches: [{ kind: kindOfOnly(only), table: only }], others: [] }
  const kinds = Object.entries(TABLE_PHRASES) as [RecordKindName, readonly string[]][]
  const pairs = kinds.flatMap(([kind, phrases]) =>
    tables.flatMap((table) => {
      const score = scorePhrases(phrases, table.name)
      return score >= LEAST_SCORE ? [{ kind, table, score: score + scoreColumns(kind, table) / 10 }] : []
    }),
  )
  const matches: TableMatch[] = []
  for (const { kind, table } of pairs.toSorted((a, b) => b.score - a.score)) {
    if (!matches.some((match) => match.kind === kind || match.table === table)) matches.push({ kind, table })
  }
  const kept = matches.filter(({ kind }) => {
    const { parent } = kindOf(kind)
    return parent === undefined || matches.some((match) => match.kind === parent.kind)
  })
  return { matches: kept, others: tables.filter((table) => !kept.some((match) => match.table === table)) }
}

/** A source of one file has cases, unless its columns say persons, warrants or law. */
function kindOfOnly(table: TableProfile): RecordKindName {
  const top = RECORD_KINDS.filter(({ parent, name }) => parent === undefined && FIELD_PHRASES[name] !== undefined)
  const scored = top.map(({ name }) => ({
    name,
    score:
      scorePhrases(TABLE_PHRASES[name] ?? [], table.name) + scoreColumns(name, table) + (name === 'cases' ? 10 : 0),
  }))
  return scored.toSorted((a, b) => b.score - a.score)[0]?.name ?? 'cases'
}

/** How many fields of a kind have a column that fits by name. */
function scoreColumns(kind: RecordKindName, { columns }: TableProfile): number {
  const phrases = [kind, ...childrenOf(kind).map(({ name }) => name)].flatMap((name) =>
    Object.values(FIELD_PHRASES[name] ?? {}),
  )
  // Words that each table has, such as «número», say nothing about it.
  const telling = phrases.map((each) => each.filter((phrase) => phrase.includes(' ')))
  return telling.filter((each) => columns.some(({ name }) => scorePhrases(each, name) >= LEAST_SCORE)).length * 5
}

/** How a table hangs on another one: its column with the other's id; null if nothing says it. */
export function findTie(child: TableProfile, parent: TableProfile, parentId: string | null): string | null {
  for (const key of child.keys) {
    if (key.kind === 'FOREIGN' && key.references.table === parent.name && key.columns.length === 1)
      return key.columns[0] ?? null
  }
  return parentId !== null && child.columns.some(({ name }) => name === parentId) ? parentId : null
}

/** The columns of a table that name rows of others, by the other table's name. */
export function foreignColumns(table: TableProfile): ReadonlyMap<string, string> {
  return new Map(
    table.keys.flatMap((key) => {
      const [column] = key.columns
      return key.kind === 'FOREIGN' && key.columns.length === 1 && column !== undefined
        ? [[key.references.table, column] as const]
        : []
    }),
  )
}
