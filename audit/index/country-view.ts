import { type Assembler, createAssemblerOf, type EntryRow, rowOf, sorted, type WholeEntry } from './entry-row.ts'

/** What the auditors of a country see of an entry: the part of their country, and nothing of others (docs/design/audit-log.md, Parts of countries). */

/** A row as somebody sees it. `viewer`: the country whose auditors see it; null for the complete row. */
export interface SeenRow {
  readonly viewer: string | null
  readonly row: EntryRow
}

/** Creates an assembler for one log. An entry has its complete row, and one for each country that it concerns. */
export function createViewAssembler(log: string): Assembler<SeenRow> {
  return createAssemblerOf((whole) => [
    { viewer: null, row: rowOf(log, whole) },
    ...viewersOf(whole, log).map((viewer) => ({ viewer, row: rowSeenBy(viewer, whole, log) })),
  ])
}

/**
 * Lists the countries that an entry concerns: each country that was asked, and the caller's. A leg in a country's own log concerns that
 * country only, because it says what the country denied.
 */
function viewersOf(whole: WholeEntry, log: string): readonly string[] {
  if (whole.kind === 'LEG') return [whole.entry.country]
  const { countries, actorCountry } = rowOf(log, whole)
  const parts = whole.kind === 'REQUEST' ? whole.continuations.map(({ country }) => country ?? null) : []
  const counted = 'counts' in whole.entry ? Object.keys(whole.entry.counts) : []
  return sorted([...countries, ...parts, ...counted, actorCountry])
}

function rowSeenBy(viewer: string, whole: WholeEntry, log: string): EntryRow {
  if (whole.kind === 'LEG') return rowOf(log, whole)
  if (whole.kind === 'OTHER') {
    const row = rowOf(log, whole)
    return { ...row, countries: row.countries.filter((country) => country === viewer) }
  }
  const isSeen = ({ country }: { readonly country: string | null }): boolean => country === null || country === viewer
  return rowOf(log, {
    ...whole,
    entry: {
      ...whole.entry,
      legs: whole.entry.legs.filter(isSeen),
      denied: whole.entry.denied.filter(isSeen),
    },
    continuations: whole.continuations.map((part) => ({
      ...part,
      legs: part.legs.filter(isSeen),
      denied: part.denied.filter(isSeen),
    })),
  })
}
