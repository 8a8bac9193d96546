import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isPeriod } from '../note/shard-name.ts'

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
