import { join } from 'node:path'
import type { Finding } from '../../audit/finding.ts'
import { HASH_BYTES } from '../../audit/merkle/hash.ts'
import { isIncluded } from '../../audit/merkle/proof.ts'
import { TILE_WIDTH, tilePath, tileWidth } from '../../audit/merkle/tile.ts'
import { createTiledTree } from '../../audit/merkle/tiled-tree.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { listPlaces } from '../../audit/shards/places.ts'
import { readPrunings } from '../../audit/verify/prunings.ts'
import { createTileReader, readHead, readKeys } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { checkLeaves, readLeafFiles } from '../../audit/verify/verify-entries.ts'
import { policyOf } from './log-state.ts'

/** What {@link lookAtLog} saw of the files of a log. */
export interface LookedAt {
  /** How many entries it read. */
  readonly read: number
  /** How many entries the log has, in all of its shards. */
  readonly size: number
  /** What is wrong, each as a line for people; at most {@link MAX_FAULTS}. */
  readonly faults: readonly string[]
}

/** How long the doctor reads a log, in milliseconds. */
const READ_MS = 5_000

/** How many of the newest tiles come first: a disk that fails damages what was written last, and nobody has a copy of it yet. */
const NEWEST_TILES = 64

/** After so many faults it is known that the log is damaged. */
const MAX_FAULTS = 5

/**
 * Reads the files of a log, each bundle against its tile and each tile against the root in the checkpoint: the newest part first, and then the others by
 * chance, as far as the time goes. `istmo audit verify` reads all, and checks also the signatures of the shards that have ended.
 * @param home the home of the audit log.
 * @param signer the key of the log.
 * @param now milliseconds of a clock that only goes forward.
 */
export async function lookAtLog(
  home: string,
  signer: NoteSigner,
  now: () => number = () => performance.now(),
): Promise<LookedAt> {
  const faults: string[] = []
  const shards = await Promise.all((await listPlaces(home)).map(({ path }) => openShard(join(home, path), signer)))
  const tiles = shards.flatMap(({ size, check }) =>
    Array.from({ length: Math.ceil(size / TILE_WIDTH) }, (_, index) => () => check(index, faults)),
  )
  const until = now() + READ_MS
  let read = 0
  for (let left = tiles.length; left > 0 && faults.length < MAX_FAULTS && now() < until; left--) {
    const isNewest = tiles.length - left < NEWEST_TILES
    const at = isNewest ? left - 1 : Math.floor(Math.random() * left)
    const [check, last] = [tiles[at], tiles[left - 1]]
    if (check === undefined || last === undefined) break
    tiles[at] = last
    read += await check()
  }
  return { read, size: shards.reduce((sum, shard) => sum + shard.size, 0), faults: faults.slice(0, MAX_FAULTS) }
}

interface Shard {
  readonly size: number
  /** Checks the tile and the bundle `index`. @returns how many entries they have. */
  readonly check: (index: number, faults: string[]) => Promise<number>
}

async function openShard(folder: string, signer: NoteSigner): Promise<Shard> {
  const source = folderSource(folder)
  // An ended shard may have been signed with a key that was replaced. The signature of the present one is checked by readLogState.
  const ignore = (): void => undefined
  const { policy, rotations } = await readKeys(source, policyOf(signer), ignore)
  const head = await readHead(source, policy, ignore)
  if (head === undefined) return { size: 0, check: async () => 0 }
  const { size, root, origin } = head.checkpoint
  const prunings = await readPrunings(source, origin, policy)
  const tree = createTiledTree(createTileReader(source), () => size)
  const isInTree = async (leaves: Uint8Array, first: number): Promise<boolean> => {
    // The path of the first leaf is made of all hashes of its tile, and of all of each tile above it.
    const path = await tree.inclusion(first, size).catch(() => [])
    return isIncluded(leaves.subarray(0, HASH_BYTES), first, size, path, root)
  }
  const check = async (index: number, faults: string[]): Promise<number> => {
    const width = tileWidth(0, index, size)
    const report = ({ where, expected, came }: Finding): void =>
      void faults.push(`${join(folder, where)}: expected ${expected}; came ${came}`)
    const options = { size, rotations, prunings, hashesOnly: false }
    const leaves = checkLeaves(await readLeafFiles(source, { index, width }, options), options, report)
    if (leaves === undefined || (await isInTree(leaves, index * TILE_WIDTH))) return width
    const where = tilePath({ level: 0, index, width })
    faults.push(
      `${join(folder, where)}: expected hashes that lead to the root in the checkpoint; came others, here or in a tile above it`,
    )
    return width
  }
  return { size, check }
}
