import type { LogReader } from '../../audit/reader/log-reader.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'

/** How far behind a request its continuations are looked for, in entries: they are written with it. */
const WITHIN = 10_000

/** A continuation with its place in the log. */
export interface PlacedContinuation {
  readonly index: number
  readonly entry: EntryOf<'continuation'>
}

/**
 * The continuations of the request at `index`, in the order of their parts. Rejects where one of them is not in the log: what the
 * request's entry says is then not the whole.
 */
export async function continuationsOf(
  reader: LogReader,
  index: number,
  { id, continuations }: EntryOf<'request'>,
): Promise<readonly PlacedContinuation[]> {
  const found: PlacedContinuation[] = []
  if (continuations === 0) return found
  // They may stand before it, too: all are appended at once.
  for await (const placed of reader.entries(Math.max(0, index - WITHIN))) {
    const entry = parseEntry(placed.bytes)
    if (entry.kind === 'continuation' && entry.of === id) found.push({ index: placed.index, entry })
    if (found.length === continuations || placed.index > index + WITHIN) break
  }
  if (found.length === continuations) return found.sort((one, other) => one.entry.part - other.entry.part)
  throw new Error(`of the entry’s ${continuations} continuations ${found.length} are in the log`)
}
