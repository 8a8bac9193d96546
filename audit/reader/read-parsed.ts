import type { PlacedEntry } from '../verify/read-entries.ts'
import type { LogReader } from './log-reader.ts'

/** An entry that was parsed. */
export interface ParsedEntry<Entry> extends PlacedEntry {
  readonly entry: Entry
}

/** An entry that is in the log and cannot be parsed. */
export interface UnreadableEntry {
  readonly index: number
  /** What was expected, without any value of the entry. */
  readonly reason: string
}

/**
 * Yields the entries of a log in order, each parsed. Yields an entry that cannot be parsed as {@link UnreadableEntry}, so that one such entry
 * does not hide the others. Whoever reads skips it, counts it and names it. An entry that does not match its leaf still rejects, as in
 * `LogReader.entries`.
 * @param parse throws an Error for bytes that it does not understand
 * @param from the index of the first entry
 */
export async function* readParsed<Entry>(
  reader: Pick<LogReader, 'entries'>,
  parse: (bytes: Uint8Array) => Entry,
  from = 0,
): AsyncGenerator<ParsedEntry<Entry> | UnreadableEntry> {
  for await (const placed of reader.entries(from)) {
    yield parseOne(placed, parse)
  }
}

function parseOne<Entry>(
  { index, bytes }: PlacedEntry,
  parse: (bytes: Uint8Array) => Entry,
): ParsedEntry<Entry> | UnreadableEntry {
  try {
    return { index, bytes, entry: parse(bytes) }
  } catch (error) {
    return { index, reason: error instanceof Error ? error.message : 'it cannot be read' }
  }
}
