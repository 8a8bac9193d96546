import type { LogReader } from '../../audit/reader/log-reader.ts'
import { readParsed } from '../../audit/reader/read-parsed.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'

/** How far from a request to look for its continuations, in entries. They are written together with the request. */
const WITHIN = 10_000

/** A continuation with its place in the log. */
export interface PlacedContinuation {
  readonly index: number
  readonly entry: EntryOf<'continuation'>
}

/**
 * Finds the continuations of the request at `index`, in the order of their parts. Rejects if one of them is not in the log, because
 * the request's entry is then incomplete.
 */
export async function findContinuations(
  reader: LogReader,
  index: number,
  { id, v, continuations }: EntryOf<'request'>,
): Promise<readonly PlacedContinuation[]> {
  const found: PlacedContinuation[] = []
  if (continuations === 0) return found
  // Those of version 1 may also be before the request, because all were appended at once. Those of version 2 are behind it.
  const from = v === 1 ? Math.max(0, index - WITHIN) : index + 1
  for await (const placed of readParsed(reader, parseEntry, from)) {
    const entry = 'entry' in placed ? placed.entry : undefined
    if (entry?.kind === 'continuation' && entry.of === id) found.push({ index: placed.index, entry })
    if (found.length === continuations || placed.index > index + WITHIN) break
  }
  if (found.length === continuations) return found.sort((one, other) => one.entry.part - other.entry.part)
  throw new Error(`expected the ${continuations} continuations of the entry; the log has ${found.length} of them`)
}
