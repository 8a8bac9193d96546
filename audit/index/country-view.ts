import { onlyOf } from '../../contract/audit-log/country-part.ts'
import { type Assembler, createAssemblerOf } from './assembler.ts'
import { type EntryRow, listsOf, rowOf, type WholeEntry, withLists } from './entry-row.ts'
import { sorted } from './sorted.ts'

/** What the auditors of a country see of an entry: the part of their country, and nothing of others (docs/design/audit-log.md, Parts of countries). */

/** A row as somebody sees it. `viewer`: the country whose auditors see it; null for the complete row. */
export interface SeenRow {
  readonly viewer: string | null
  readonly row: EntryRow
  /** In the row of a `leg-detail` entry: the id of its leg, and its refs of records. */
  readonly detail?: { readonly leg: string; readonly refs: readonly string[] }
}

/**
 * Creates an assembler for one log. An entry has its complete row, and one for each country that it concerns.
 * @param owner the country whose authority writes the log; null for the logs of others
 */
export function createViewAssembler(log: string, owner: string | null = null): Assembler<SeenRow> {
  return createAssemblerOf((whole) => {
    const row = rowOf(log, whole)
    const seen = sorted([...viewersOf(whole, row), ownerOf(whole, row, owner)]).map((viewer) => ({
      viewer,
      row: rowSeenBy(viewer, whole, row),
    }))
    return [{ viewer: null, row, ...detailOf(whole) }, ...seen]
  })
}

function detailOf({ entry }: WholeEntry): Pick<SeenRow, 'detail'> {
  return entry.kind === 'leg-detail' ? { detail: { leg: entry.of, refs: entry.refs } } : {}
}

/**
 * Lists the countries that an entry concerns: each country that was asked, and the caller's. A leg in a country's own log concerns that
 * country only, because it says what the country denied.
 */
function viewersOf(whole: WholeEntry, { countries, actorCountry }: EntryRow): readonly string[] {
  if (whole.kind === 'LEG') return [whole.entry.country]
  const parts = whole.kind === 'REQUEST' ? whole.continuations.map(({ country }) => country ?? null) : []
  const counted = 'counts' in whole.entry ? Object.keys(whole.entry.counts) : []
  return sorted([...countries, ...parts, ...counted, actorCountry])
}

/**
 * An authority's own country sees what its authority did: its mandates, its tokens, its reveals. What an entry says of another country, such as a token for it,
 * is for that country.
 */
function ownerOf({ kind }: WholeEntry, { countries }: EntryRow, owner: string | null): string | null {
  return kind === 'OTHER' && countries.every((country) => country === owner) ? owner : null
}

/** @param row the row that shows the whole entry. */
function rowSeenBy(viewer: string, whole: WholeEntry, row: EntryRow): EntryRow {
  if (whole.kind === 'LEG') return row
  if (whole.kind === 'OTHER') return { ...row, countries: row.countries.filter((country) => country === viewer) }
  return withLists(row, whole.entry, onlyOf(listsOf(whole.entry, whole.continuations), viewer))
}
