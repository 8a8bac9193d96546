import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import type { PlacedEntry } from '../verify/read-entries.ts'
import { type Continuation, type EntryRow, rowOf, type WholeEntry } from './entry-row.ts'

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
