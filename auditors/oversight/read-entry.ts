import type { EntryRow } from '../../audit/index/entry-row.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { onlyOf, tellsOnlyOf } from '../../contract/audit-log/country-part.ts'
import { type Entry, type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { IstmoError } from '../../contract/errors.ts'
import { problemOf } from './log-problem.ts'
import type { ReadContext } from './read-context.ts'

/** The place of an entry as the index knows it. */
export type EntryPlace = Pick<EntryRow, 'log' | 'position' | 'id'>

/** An entry with the parts of its request, as far as the viewer may see them. */
export interface SeenEntry {
  readonly entry: Entry
  readonly parts: readonly EntryOf<'continuation'>[]
}

/** Returns the reader of an entry's log. @throws {IstmoError} `AUDIT_LOG_AWAY` if the log could not be opened since the start. */
export function readerOf({ log }: Pick<EntryPlace, 'log'>, { readers }: Pick<ReadContext, 'readers'>): LogReader {
  const reader = readers.get(log)
  if (reader !== undefined) return reader
  throw new IstmoError('AUDIT_LOG_AWAY')
}

/**
 * Reads out of a log.
 * @throws {IstmoError} `AUDIT_LOG_DAMAGED` if what is there does not add up; `AUDIT_LOG_AWAY` if it cannot be reached any more.
 */
export async function readOut<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read()
  } catch (cause) {
    const problem = problemOf(cause)
    if (problem === 'NOT_VERIFIED') throw new IstmoError('AUDIT_LOG_DAMAGED', undefined, { cause })
    if (problem === 'NOT_REACHED') throw new IstmoError('AUDIT_LOG_AWAY', undefined, { cause })
    throw cause
  }
}

/** Checks that the index named the right place. It is trusted for nothing else. @throws {Error} if another entry is there. */
export function checkPlace(entry: Entry, { log, position, id }: EntryPlace): void {
  if (entry.id !== id) throw new Error(`entry ${position} of ${log} is not ${id}`)
}

/** Lists the places of a request's parts: those of version 2 are directly behind it. */
export function partPlaces(entry: Entry, position: number): readonly number[] {
  const count = entry.kind === 'request' && entry.v === 2 ? entry.continuations : 0
  return Array.from({ length: count }, (_, at) => position + 1 + at)
}

/** Whether the viewer may see an entry as it stands in the log. */
export function isSeenWhole(entry: Entry, { country }: ReadContext['viewer']): boolean {
  return country === null || tellsOnlyOf(entry, country)
}

/**
 * Reads an entry and the parts of its request out of the log. An auditor of a country gets the parts of the own country, and lists without
 * the legs and denials of others. Each entry that is read counts towards the limit of the answer.
 * @throws {IstmoError} as {@link readOut} does; `LIMIT_EXCEEDED` if the answer reads too many.
 */
export async function readSeen(place: EntryPlace, context: ReadContext): Promise<SeenEntry> {
  const { viewer, read } = context
  const reader = readerOf(place, context)
  const readAt = async (position: number): Promise<Entry> => {
    read()
    return parseEntry((await readOut(() => reader.entry(position))).bytes)
  }
  const entry = await readAt(place.position)
  checkPlace(entry, place)
  const parts: EntryOf<'continuation'>[] = []
  for (const position of partPlaces(entry, place.position)) {
    const part = await readAt(position)
    if (part.kind === 'continuation' && isSeenWhole(part, viewer)) parts.push(part)
  }
  return { entry: withoutOthers(entry, viewer), parts }
}

function withoutOthers(entry: Entry, { country }: ReadContext['viewer']): Entry {
  const hasLists = entry.kind === 'request' || entry.kind === 'continuation'
  return country === null || !hasLists ? entry : onlyOf(entry, country)
}
