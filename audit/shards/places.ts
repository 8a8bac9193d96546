import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { NoteSigner } from '../note/key.ts'
import { isPeriod, shardSigner } from '../note/shard-name.ts'

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
  const names = await readdir(join(home, 'shards')).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  const first = await stat(join(home, 'log')).catch(() => undefined)
  const periods = names.filter(isPeriod).sort()
  return [...(first?.isDirectory() ? [placeOf(null)] : []), ...periods.map(placeOf)]
}

/**
 * Finds the shard that takes entries, for a command that opens a log by itself: its folder, and the signer under its origin. A place that is not a home
 * of an audit log is a log itself.
 */
export async function findPresentShard(
  place: string,
  signer: NoteSigner,
): Promise<{ readonly folder: string; readonly signer: NoteSigner }> {
  const isLog = (await stat(join(place, 'checkpoint')).catch(() => undefined)) !== undefined
  const newest = isLog ? undefined : (await listPlaces(place)).at(-1)
  if (newest === undefined) return { folder: place, signer }
  return { folder: join(place, newest.path), signer: shardSigner(signer, newest.period) }
}
