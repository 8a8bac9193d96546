import { onlyOf } from '../../contract/audit-log/country-part.ts'
import { type EntryOf, parseEntry, UnreadableEntryError } from '../../contract/audit-log/entry.ts'
import type { LogReader, UnreadableEntry } from '../reader/log-reader.ts'
import type { PlacedEntry } from '../verify/read-log.ts'
import { type Continuation, type EntryRow, listsOf, rowOf, sorted, type WholeEntry, withLists } from './entry-row.ts'

/** An incomplete row: the request entry, and the continuations so far. */
interface Draft {
  readonly placed: { readonly position: number; readonly entry: EntryOf<'request'> } | undefined
  /** The index of its first part. */
  readonly since: number
  readonly continuations: readonly Continuation[]
}

/** After this many further entries the assembler no longer waits for the parts of an entry. The log writes them close together. */
const WAIT_FOR_PARTS = 10_000

/** Assembles rows from entries and their continuations. */
export interface Assembler<Row = EntryRow> {
  /** Accepts the next entry in order, and returns the rows that are now complete. Throws an Error if the entry is malformed. */
  readonly push: (entry: PlacedEntry) => readonly Row[]
  /** Returns the incomplete rows, with the parts that they have so far. */
  readonly waiting: () => readonly Row[]
  /** Returns the index of the first entry that must be read again to complete the waiting rows; undefined if no row waits. */
  readonly since: () => number | undefined
}

/** Creates an assembler for one log. A request has one row; its continuations of version 2 have none of their own. */
export function createAssembler(log: string): Assembler {
  return createAssemblerOf((whole) => [rowOf(log, whole)])
}

/**
 * Creates an assembler for one log, of other rows.
 * @param toRows returns the rows of an entry with all of its parts.
 */
export function createAssemblerOf<Row>(toRows: (whole: WholeEntry) => readonly Row[]): Assembler<Row> {
  const drafts = new Map<string, Draft>()
  // The details of a leg precede its entry, so they wait for it.
  const details = new Map<string, { readonly since: number; readonly coordinates: readonly string[] }>()

  const toRequestRows = ({ placed, continuations }: Draft): readonly Row[] =>
    placed === undefined ? [] : toRows({ kind: 'REQUEST', ...placed, continuations })

  const finish = (id: string): readonly Row[] => {
    const draft = drafts.get(id)
    if (draft?.placed === undefined || draft.continuations.length < draft.placed.entry.continuations) return []
    drafts.delete(id)
    return toRequestRows(draft)
  }

  const giveUp = (before: number): readonly Row[] => {
    for (const [id, { since }] of details) if (since < before) details.delete(id)
    const late: Row[] = []
    // A map yields its drafts in the order in which they began.
    for (const [id, draft] of drafts) {
      if (draft.since >= before) break
      drafts.delete(id)
      late.push(...toRequestRows(draft))
    }
    return late
  }

  const push = ({ index: position, bytes }: PlacedEntry): readonly Row[] => {
    const entry = parseEntry(bytes)
    const late = drafts.size + details.size > 0 ? giveUp(position - WAIT_FOR_PARTS) : []
    if (entry.kind === 'request') {
      const draft = drafts.get(entry.id) ?? { since: position, continuations: [] }
      drafts.set(entry.id, { ...draft, placed: { position, entry } })
      return [...late, ...finish(entry.id)]
    }
    if (entry.kind === 'continuation') {
      const draft = drafts.get(entry.of) ?? { since: position, placed: undefined, continuations: [] }
      drafts.set(entry.of, { ...draft, continuations: [...draft.continuations, entry] })
      const own = entry.v === 1 ? toRows({ kind: 'OTHER', position, entry }) : []
      return [...late, ...own, ...finish(entry.of)]
    }
    if (entry.kind === 'leg-detail') {
      const before = details.get(entry.of) ?? { since: position, coordinates: [] }
      details.set(entry.of, { ...before, coordinates: [...before.coordinates, ...entry.coordinates] })
    }
    if (entry.kind !== 'leg') return [...late, ...toRows({ kind: 'OTHER', position, entry })]
    const moreCoordinates = details.get(entry.id)?.coordinates ?? []
    details.delete(entry.id)
    return [...late, ...toRows({ kind: 'LEG', position, entry, moreCoordinates })]
  }

  return {
    push,
    waiting: () => [...drafts.values()].flatMap(toRequestRows),
    since: () => {
      const all = [...drafts.values(), ...details.values()].map(({ since }) => since)
      return all.length === 0 ? undefined : Math.min(...all)
    },
  }
}

/**
 * Lets an assembler skip entries which cannot be parsed, so that one of them does not end the reading of a log.
 * @param onUnreadable is called for each skipped entry
 */
export function createTolerantAssembler<Row>(
  assembler: Assembler<Row>,
  onUnreadable: (entry: UnreadableEntry) => void,
): Assembler<Row> {
  return {
    ...assembler,
    push: (placed) => {
      try {
        return assembler.push(placed)
      } catch (error) {
        if (!(error instanceof UnreadableEntryError)) throw error
        onUnreadable({ index: placed.index, reason: error.message })
        return []
      }
    },
  }
}

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

/**
 * Finds the country whose authority writes a log, by its first entry. Null for the logs of others, and where that entry was pruned: then an auditor of the
 * country does not see those entries of it that name no country.
 */
export async function findAuthorityCountry(reader: Pick<LogReader, 'entry' | 'head'>): Promise<string | null> {
  if (reader.head.checkpoint.size === 0) return null
  try {
    const entry = parseEntry((await reader.entry(0)).bytes)
    return entry.kind === 'authority-start' ? entry.country : null
  } catch (error) {
    if (error instanceof UnreadableEntryError || error instanceof RangeError) return null
    throw error
  }
}
