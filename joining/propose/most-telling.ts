import type { SourceTable } from '../sources/source.ts'
import { scorePhrases } from './match-names.ts'
import { TABLE_PHRASES } from './table-lexicon.ts'

/** How many tables of a source are looked at: an old database may have thousands. */
const MAX_TABLES = 60

/** Chooses the tables whose names say most, in the order of the source. All of them if they are few. */
export function mostTelling(tables: readonly SourceTable[]): readonly SourceTable[] {
  if (tables.length <= MAX_TABLES) return tables
  const phrases = Object.values(TABLE_PHRASES)
  const scored = tables.map((table) => ({
    table,
    score: Math.max(...phrases.map((each) => scorePhrases(each, table.name))),
  }))
  const chosen = new Set(
    scored
      .toSorted((a, b) => b.score - a.score)
      .slice(0, MAX_TABLES)
      .map(({ table }) => table),
  )
  return tables.filter((table) => chosen.has(table))
}
