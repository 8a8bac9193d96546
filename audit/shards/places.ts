import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ifThere } from '../if-there.ts'
import type { NoteSigner } from '../note/key.ts'
import { isPeriod, shardSigner, signerOfLog } from '../note/shard-name.ts'

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
