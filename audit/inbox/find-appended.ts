import { findFirstByTime, readTimes } from '../reader/find-by-time.ts'
import { readEntries } from '../verify/read-entries.ts'
import type { LogSource } from '../verify/source.ts'

/** An entry that was found by its id. */
export interface AppendedEntry {
  readonly index: number
  readonly bytes: Uint8Array
}

/** By how much the times of neighbouring entries may be out of order, in milliseconds. */
const DISORDER_MS = 600_000

/**
 * Finds entries by their ids in the newest part of a log. Whoever was killed between writing an entry and hearing of it finds out in this way
 * whether the log has it.
 * @param size the size of the published tree
 * @param ids UUIDv7s. No entry is older than the time in its id.
 * @param sinceMs the earliest time in the ids, in milliseconds since the epoch
 */
export async function findAppended(
  source: LogSource,
  size: number,
  ids: ReadonlySet<string>,
  sinceMs: number,
): Promise<ReadonlyMap<string, AppendedEntry>> {
  const found = new Map<string, AppendedEntry>()
  const from = await findFirstByTime(size, sinceMs - DISORDER_MS, (index, count) =>
    readTimes(readEntries(source, size, index), count),
  )
  for await (const { index, bytes } of readEntries(source, size, from)) {
    // Most entries are not sought, and parsing each of them would take long.
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (![...ids].some((id) => text.includes(id))) continue
    const id = readId(bytes)
    if (id !== undefined && ids.has(id)) found.set(id, { index, bytes })
  }
  return found
}

function readId(bytes: Uint8Array): string | undefined {
  try {
    const { id } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { id?: unknown }
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined
  }
}
