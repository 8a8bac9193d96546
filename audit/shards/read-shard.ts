import { join } from 'node:path'
import { parseCheckpoint } from '../note/checkpoint.ts'
import { parseNote } from '../note/note.ts'
import { readEntries } from '../verify/read-entries.ts'
import { folderSource } from '../verify/source.ts'
import type { ShardPlace } from './places.ts'
import { readShardEntry } from './shard-entries.ts'

/** What opening a log reads of its shards. */

/** Reads the origin of the shard that follows one in this home, which is not open. Undefined if it has not ended. */
export async function readNext({ path }: ShardPlace, home: string): Promise<string | undefined> {
  const source = folderSource(join(home, path))
  const note = Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
  const { size } = parseCheckpoint(parseNote(note).text)
  for await (const { bytes } of readEntries(source, size, Math.max(0, size - 1))) {
    const entry = readShardEntry(bytes)
    return entry?.kind === 'shard-end' ? entry.next : undefined
  }
  return undefined
}

/** Reads the time in an entry, in milliseconds since 1970. Undefined if it has none. */
export function readTimeMs(entry: Uint8Array | undefined): number | undefined {
  try {
    const { time } = Object(JSON.parse(Buffer.from(entry ?? '').toString('utf8'))) as { time?: unknown }
    const timeMs = Date.parse(String(time))
    return Number.isNaN(timeMs) ? undefined : timeMs
  } catch {
    return undefined
  }
}
