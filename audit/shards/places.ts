import { access, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { ifThere } from '../if-there.ts'
import { createFolderStorage } from '../log/folder-storage.ts'
import { type Log, openLogOn } from '../log/log.ts'
import { parseCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import { isPeriod, shardSigner, signerOfLog } from '../note/shard-name.ts'
import { readEntries } from '../verify/read-log.ts'
import { folderSource, type LogSource, urlSource } from '../verify/source.ts'
import { readShardEntry } from './shard-entries.ts'

/**
 * Where the shards of a log are in its home. The first one is the folder `log`, and each further one is `shards/<period>`. A shard never moves: so
 * a reader finds its files at the same place before and after its end.
 */
export interface ShardPlace {
  /** Null for the first shard. */
  readonly period: string | null
  /** The path below the home. */
  readonly path: string
}

/** Returns the place of a shard. */
export function placeOf(period: string | null): ShardPlace {
  return { period, path: period === null ? 'log' : `shards/${period}` }
}

/** Lists the shards that a home has on the disk, oldest first. Resolves to an empty list if there is none. */
export async function listPlaces(home: string): Promise<readonly ShardPlace[]> {
  const names = (await ifThere(readdir(join(home, 'shards')))) ?? []
  const first = await stat(join(home, 'log')).catch(() => undefined)
  const periods = names.filter(isPeriod).sort()
  return [...(first?.isDirectory() ? [placeOf(null)] : []), ...periods.map(placeOf)]
}

/** Lists the homes of the logs of workers below the home of a gateway's audit log, by their numbers. Resolves to an empty list if there are none. */
export async function listWorkerHomes(home: string): Promise<readonly string[]> {
  const names = await readdir(join(home, 'workers')).catch(() => [])
  const numbers = names.filter((name) => /^[1-9]\d?$/.test(name)).map(Number)
  return numbers.sort((one, other) => one - other).map((number) => workerHome(home, number))
}

/** Returns the home of a worker's log, below that of the gateway's. */
export function workerHome(home: string, worker: number): string {
  return join(home, 'workers', String(worker))
}

/**
 * Finds the shard that takes entries, for a command that opens a log by itself: its folder, and the signer under its origin, which may be that of a
 * worker's log. A place that is not a home of an audit log is a log itself.
 */
export async function findPresentShard(
  place: string,
  signer: NoteSigner,
): Promise<{ readonly folder: string; readonly signer: NoteSigner }> {
  const isLog = (await stat(join(place, 'checkpoint')).catch(() => undefined)) !== undefined
  const newest = isLog ? undefined : (await listPlaces(place)).at(-1)
  const own = signerOfLog(signer, await readOriginIn(newest === undefined ? place : join(place, newest.path)))
  if (newest === undefined) return { folder: place, signer: own }
  return { folder: join(place, newest.path), signer: shardSigner(own, newest.period) }
}

/** Reads the origin in the checkpoint of a log; empty if it has none yet. */
async function readOriginIn(folder: string): Promise<string> {
  const note = await readFile(join(folder, 'checkpoint'), 'utf8').catch(() => '')
  return note.slice(0, Math.max(0, note.indexOf('\n')))
}

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
