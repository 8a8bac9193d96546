import { findFirstByTime } from '../reader/find-by-time.ts'
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
  const from = await findFirstByTime(size, sinceMs - DISORDER_MS, async (index) => {
    for await (const { bytes } of readEntries(source, size, index)) return readHead(bytes).timeMs
    return undefined
  })
  for await (const { index, bytes } of readEntries(source, size, from)) {
    // Most entries are not sought, and parsing each of them would take long.
    if (![...ids].some((id) => Buffer.from(bytes).includes(id))) continue
    const { id } = readHead(bytes)
    if (id !== undefined && ids.has(id)) found.set(id, { index, bytes })
  }
  return found
}

function readHead(bytes: Uint8Array): { readonly id?: string; readonly timeMs?: number } {
  try {
    const { id, time } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { id?: unknown; time?: unknown }
    return {
      ...(typeof id === 'string' && { id }),
      ...(typeof time === 'string' && { timeMs: Date.parse(time) }),
    }
  } catch {
    return {}
  }
}
