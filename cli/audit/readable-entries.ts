import type { LogReader } from '../../audit/reader/log-reader.ts'
import { type ParsedEntry, readParsed, type UnreadableEntry } from '../../audit/reader/read-parsed.ts'
import { type Entry, parseEntry, UnreadableEntryError } from '../../contract/audit-log/entry.ts'
import { parseJson } from '../../contract/json-value.ts'
import type { AuditIo } from './command.ts'

/** How many unreadable entries a command names. It counts the others. */
const NAMED = 10

/** Counts the entries of a log that a command cannot read. */
export interface UnreadableCount {
  readonly add: (entry: UnreadableEntry) => void
  /** How many there are so far. */
  readonly count: () => number
  /** Writes to the error stream which entries were skipped. Writes nothing if there are none. */
  readonly tell: () => void
}

/** Creates a count for one log. */
export function countUnreadable(log: string, { err }: Pick<AuditIo, 'err'>): UnreadableCount {
  const named: UnreadableEntry[] = []
  let count = 0
  return {
    add: (entry) => {
      count++
      if (named.length < NAMED) named.push(entry)
    },
    count: () => count,
    tell: () => {
      if (count === 0) return
      err.write(`${log}: skipped ${count === 1 ? 'one entry' : `${count} entries`} that cannot be read\n`)
      for (const { index, reason } of named) err.write(`  entry ${index}: ${reason}\n`)
      if (count > named.length) err.write(`  and ${count - named.length} more\n`)
    },
  }
}

/**
 * Yields the entries of a log that can be read, each parsed, and adds the others to `unreadable`. The caller calls `unreadable.tell()` at
 * the end, when no progress bar is on the screen.
 */
export async function* readableEntries(
  reader: Pick<LogReader, 'entries'>,
  unreadable: Pick<UnreadableCount, 'add'>,
  from = 0,
): AsyncGenerator<ParsedEntry<Entry>> {
  for await (const read of readParsed(reader, parseEntry, from)) {
    if ('reason' in read) unreadable.add(read)
    else yield read
  }
}

/** Parses an entry. Returns null for one that cannot be read, which `verify` names. */
export function parseIfReadable(bytes: Uint8Array): Entry | null {
  try {
    return parseEntry(bytes)
  } catch (error) {
    if (error instanceof UnreadableEntryError) return null
    throw error
  }
}

/** The members of an entry that are looked at before, or without, knowing its form. */
export type LooseMembers = Readonly<
  Partial<Record<'id' | 'of' | 'requestId' | 'time' | 'kind' | 'country' | 'domain' | 'digest', unknown>>
>

/** Returns the members of an entry, whatever they are; none if its bytes are no JSON object. */
export function membersOf(bytes: Uint8Array): LooseMembers {
  return Object(parseJson(Buffer.from(bytes).toString('utf8'))) as LooseMembers
}
