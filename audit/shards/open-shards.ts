import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { createFolderStorage } from '../log/folder-storage.ts'
import { type Log, openLogOn } from '../log/log.ts'
import { parseCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import { isPeriod } from '../note/shard-name.ts'
import { readEntries } from '../verify/read-entries.ts'
import { folderSource, type LogSource, urlSource } from '../verify/source.ts'
import { listPlaces, placeOf, type ShardPlace } from './places.ts'
import { readShardEntry } from './shard-entries.ts'

/** How many shards of a URL are read. A log of a hundred years has 1,200 months. */
const MAX_SHARDS = 2_000

/**
 * Opens all shards of a log, oldest first, from its home: a folder with `log` and `shards/<period>`, or a URL below which these are. If the place
 * has a checkpoint itself, it is one log, and the only source. Nothing is verified.
 */
export async function openShards(place: string): Promise<readonly LogSource[]> {
  return /^https?:\/\//.test(place) ? openUrl(place) : openFolder(place)
}

async function openFolder(place: string): Promise<readonly LogSource[]> {
  const hasCheckpoint = await access(join(place, 'checkpoint')).then(
    () => true,
    () => false,
  )
  const places = hasCheckpoint ? [] : await listPlaces(place)
  if (places.length === 0) return [folderSource(place)]
  const isDivided = places.length > 1
  // As the operator wrote it, if there is only one.
  if (!isDivided) return places.map(({ path }) => ({ ...folderSource(join(place, path)), name: place }))
  return places.map(({ path, period }) => ({ ...folderSource(join(place, path)), period }))
}

/** A server lists no folders, so the last entry of each shard leads to the next one. */
async function openUrl(url: string): Promise<readonly LogSource[]> {
  const itself = urlSource(url)
  if ((await itself.read('checkpoint')) !== undefined) return [itself]
  const home = url.endsWith('/') ? url : `${url}/`
  const sources: LogSource[] = []
  const periods: (string | null)[] = []
  let place = placeOf(null)
  while (sources.length < MAX_SHARDS) {
    const source = urlSource(home + place.path)
    const note = await source.read('checkpoint')
    if (note === undefined) break
    sources.push(source)
    periods.push(place.period)
    const period = await readNextPeriod(source, Buffer.from(note).toString('utf8'))
    // A link back would lead here without an end. Whoever checks the links reports it.
    if (period === undefined || period <= (place.period ?? '')) break
    place = placeOf(period)
  }
  if (sources.length <= 1) return [sources[0] ?? itself]
  return sources.map((source, at) => ({ ...source, period: periods[at] ?? null }))
}

async function readNextPeriod(source: LogSource, note: string): Promise<string | undefined> {
  const size = Number(note.split('\n')[1])
  if (!Number.isSafeInteger(size) || size < 1) return undefined
  try {
    for await (const { bytes } of readEntries(source, size, size - 1)) {
      const entry = readShardEntry(bytes)
      const period = entry?.kind === 'shard-end' ? entry.next.slice(entry.next.lastIndexOf('/') + 1) : ''
      return isPeriod(period) ? period : undefined
    }
  } catch {
    // The verification reports what is wrong with the entry.
  }
  return undefined
}

/**
 * Opens a shard that has ended, to store cosignatures of its final checkpoint. It leaves the store of salts to the present shard, because only one
 * log may write to it; a shard that has ended has published all its salts. Rejects as `openLog` does.
 */
export async function openEndedShard(folder: string, signer: NoteSigner): Promise<Log> {
  const lock = await lockFolder(folder)
  try {
    const storage = await createFolderStorage(folder)
    return await openLogOn(storage, { signer }, async () => {
      await storage.close()
      lock.release()
    })
  } catch (error) {
    lock.release()
    throw error
  }
}

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
