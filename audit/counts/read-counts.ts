import { TILE_WIDTH } from '../merkle/tile-path.ts'
import { readBundle } from '../verify/read-entries.ts'
import type { LogSource } from '../verify/source.ts'
import { type Counts, readCountedMembers } from './counted-members.ts'

/**
 * Reads the counts of a log: backwards, from its end to the last entry that states them, or to the beginning of a log that has none.
 * @param size the size of the log's published tree.
 * @param readBefore reads the counts of what came before the log: of the shard before it. By default there is nothing.
 * @throws {LogDamagedError} if a bundle is missing or malformed.
 */
export async function readCounts(
  source: LogSource,
  size: number,
  readBefore: () => Promise<Counts> = async () => ({}),
): Promise<Counts> {
  const found = new Map<string, number>()
  for (let bundle = Math.ceil(size / TILE_WIDTH) - 1; bundle >= 0; bundle--) {
    for (const bytes of (await readBundle(source, bundle, size)).toReversed()) {
      const { part, counts } = readCountedMembers(bytes)
      // Read backwards, the first number of a country is its last one.
      if (part !== undefined && !found.has(part.country)) found.set(part.country, part.seq)
      if (counts !== undefined) return { ...counts, ...Object.fromEntries(found) }
    }
  }
  return { ...(await readBefore()), ...Object.fromEntries(found) }
}
