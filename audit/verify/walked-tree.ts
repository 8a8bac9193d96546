import { LRUCache } from 'lru-cache'
import { EMPTY_ROOT, type Hash, isSameHash } from '../merkle/hash.ts'
import { hashRange, type NodeId } from '../merkle/range.ts'
import { createTile, type Tile } from '../merkle/tile.ts'
import { TILE_HEIGHT, TILE_WIDTH } from '../merkle/tile-path.ts'

/**
 * The tree that a verification builds from the leaves of a log, tile by tile. It gives the root of each size up to its own.
 *
 * All tiles above the leaves stay in memory, a quarter of a byte for each leaf. The tiles of the leaves stay for a while, because the checkpoints
 * of the history are about the newest leaves when they are read. A tile that is needed again later is read again; {@link WalkedTree.restore}
 * accepts it only if it has the same hashes.
 */
export interface WalkedTree {
  /** Returns the number of leaves. */
  readonly size: () => number
  /** Adds the hashes of the next tile's leaves. Throws a RangeError after a tile that was not full. */
  readonly add: (leaves: Uint8Array) => void
  /** Returns a tile above the leaves: `level` is at least 1. Undefined if there is none. */
  readonly tile: (level: number, index: number) => Tile | undefined
  /** Returns the root of the first `size` leaves, which must be in the tree. Undefined if the tile of the last of them is no longer in memory. */
  readonly root: (size: number) => Hash | undefined
  /** Takes back the leaves of the full tile `index`. Returns false if they are not those that were added. */
  readonly restore: (index: number, leaves: Uint8Array) => boolean
}

/** How many tiles of leaves stay in memory: those of the last 65,536 leaves, in 4 MiB. */
const MAX_LEAF_TILES = 256

/** Creates an empty tree. */
export function createWalkedTree(): WalkedTree {
  const leafTiles = new LRUCache<number, Tile>({ max: MAX_LEAF_TILES })
  const higher = createHigherTiles()
  /** The tile of the last leaves, if it is not full. */
  let last: Tile | undefined
  let size = 0

  const add = (leaves: Uint8Array): void => {
    if (size % TILE_WIDTH !== 0) throw new RangeError('only the last tile of a tree may have fewer than 256 leaves')
    const tile = createTile(leaves)
    const top = tile.node(TILE_HEIGHT, 0)
    if (top === undefined) last = tile
    else {
      leafTiles.set(size / TILE_WIDTH, tile)
      higher.push(1, top)
    }
    size += tile.width()
  }

  const leafTile = (index: number): Tile | undefined => {
    return index === Math.floor(size / TILE_WIDTH) ? last : leafTiles.get(index)
  }

  const nodeAt = ({ height, index }: NodeId): Hash => {
    const level = Math.floor(height / TILE_HEIGHT)
    const inTile = height % TILE_HEIGHT
    const perTile = 2 ** (TILE_HEIGHT - inTile)
    const at = Math.floor(index / perTile)
    const hash = (level === 0 ? leafTile(at) : higher.tile(level, at))?.node(inTile, index % perTile)
    if (hash === undefined) throw new RangeError(`the tree of ${size} leaves has no node ${index} at height ${height}`)
    return hash
  }

  const root = (of: number): Hash | undefined => {
    if (of === 0) return EMPTY_ROOT
    const isInMemory = of > size || of % TILE_WIDTH === 0 || leafTile(Math.floor(of / TILE_WIDTH)) !== undefined
    return isInMemory ? hashRange({ begin: 0, end: of }, nodeAt) : undefined
  }

  const restore = (index: number, leaves: Uint8Array): boolean => {
    const tile = createTile(leaves)
    const top = tile.node(TILE_HEIGHT, 0)
    if (top === undefined || !isSameHash(top, nodeAt({ height: TILE_HEIGHT, index }))) return false
    leafTiles.set(index, tile)
    return true
  }

  return { size: () => size, add, tile: higher.tile, root, restore }
}

/** The tiles above the leaves, all of them. */
function createHigherTiles() {
  /** By level from 1 on, from left to right. */
  const levels: Tile[][] = []
  const push = (level: number, hash: Hash): void => {
    const tiles = levels[level] ?? []
    levels[level] = tiles
    const newest = tiles.at(-1)
    const tile = newest === undefined || newest.width() === TILE_WIDTH ? createTile() : newest
    if (tile !== newest) tiles.push(tile)
    tile.push(hash)
    const top = tile.node(TILE_HEIGHT, 0)
    if (top !== undefined) push(level + 1, top)
  }
  return { push, tile: (level: number, index: number): Tile | undefined => levels[level]?.[index] }
}
