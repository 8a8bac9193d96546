import { LRUCache } from 'lru-cache'
import { EMPTY_ROOT, type Hash } from '../merkle/hash.ts'
import { hashRange } from '../merkle/range.ts'
import { createTile, type Tile } from '../merkle/tile.ts'
import { TILE_HEIGHT, type TileId, tilePath } from '../merkle/tile-path.ts'
import { createTiledTree, type ReadTile, type TiledTree } from '../merkle/tiled-tree.ts'

/** How many full tiles that are already on disk stay cached. Each takes about 50 kB with its inner nodes. */
const MAX_CACHED_TILES = 256

/** A tree that grows to the right. Its right edge is in memory, so a new leaf costs two hashes on average. */
export interface GrowingTree extends TiledTree {
  /** Returns the number of leaves. */
  readonly size: () => number
  /** Returns the root of all leaves, without reading a tile. */
  readonly head: () => Hash
  /** Adds a leaf on the right. */
  readonly push: (leaf: Hash) => void
  /** Returns a tile that is at least as wide as requested. Rejects if it is not in memory and cannot be read. */
  readonly readTile: ReadTile
  /** Tells the tree that the tiles of the first `size` leaves are on disk. The tree may then drop full ones from memory. */
  readonly release: (size: number) => void
}

/** The partial tiles at the right edge of a tree, one for each level. A level without a partial tile has an empty one. */
export interface Edge {
  readonly size: number
  readonly tiles: readonly Tile[]
}

/** Creates a tree that continues from an edge. `readFull` reads a full tile that the tree released. */
export function createGrowingTree({ size: from, tiles }: Edge, readFull: ReadTile): GrowingTree {
  const edge = tiles.map((tile, level) => ({ tile, index: Math.floor(from / 256 ** (level + 1)) }))
  const unreleased = new Map<string, { readonly tile: Tile; readonly end: number }>()
  const cached = new LRUCache<string, Tile>({ max: MAX_CACHED_TILES })
  let size = from

  const pushAt = (level: number, hash: Hash): void => {
    const place = edge[level] ?? { tile: createTile(), index: 0 }
    place.tile.push(hash)
    edge[level] = place
    const top = place.tile.node(TILE_HEIGHT, 0)
    if (top === undefined) return
    const id = { level, index: place.index, width: 256 }
    unreleased.set(tilePath(id), { tile: place.tile, end: (place.index + 1) * 256 ** (level + 1) })
    edge[level] = { tile: createTile(), index: place.index + 1 }
    pushAt(level + 1, top)
  }

  const readTile: ReadTile = async (id) => {
    const path = tilePath({ ...id, width: 256 })
    const inEdge = edge[id.level]
    const inMemory = inEdge?.index === id.index ? inEdge.tile : (unreleased.get(path)?.tile ?? cached.get(path))
    if (inMemory !== undefined) return inMemory
    const tile = await readFull({ ...id, width: 256 })
    cached.set(path, tile)
    return tile
  }

  return {
    ...createTiledTree(readTile, () => size),
    size: () => size,
    head: () => (size === 0 ? EMPTY_ROOT : hashRange({ begin: 0, end: size }, (node) => nodeOnEdge(node, edge))),
    push: (leaf: Hash) => {
      pushAt(0, leaf)
      size++
    },
    readTile,
    release: (onDisk) => {
      for (const [path, { tile, end }] of unreleased) {
        if (end > onDisk) continue
        unreleased.delete(path)
        cached.set(path, tile)
      }
    },
  }
}

/** Returns a node that the root is computed from. The nodes of each level are in that level's partial tile. */
function nodeOnEdge(
  { height, index }: { readonly height: number; readonly index: number },
  edge: readonly { readonly tile: Tile; readonly index: number }[],
): Hash {
  const level = Math.floor(height / TILE_HEIGHT)
  const inTile = height % TILE_HEIGHT
  const hash = edge[level]?.tile.node(inTile, index % 2 ** (TILE_HEIGHT - inTile))
  if (hash === undefined) throw new RangeError(`the right edge has no node ${index} at height ${height}`)
  return hash
}

/** The id of a hash tile: its level is a number, never `entries`. */
export type HashTileId = TileId & { readonly level: number }
