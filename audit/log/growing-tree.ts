import { LRUCache } from 'lru-cache'
import { EMPTY_ROOT, type Hash } from '../merkle/hash.ts'
import { hashRange } from '../merkle/range.ts'
import { createTile, type Tile } from '../merkle/tile.ts'
import { TILE_HEIGHT, type TileId, tilePath } from '../merkle/tile-path.ts'
import { createTiledTree, type ReadTile, type TiledTree } from '../merkle/tiled-tree.ts'

/** How many full tiles that are on disk are kept in memory; each takes some 50 kB with its inner nodes. */
const KEPT_TILES = 256

/** A tree that grows to the right. Its right edge is in memory, so that a leaf costs two hashes. */
export interface GrowingTree extends TiledTree {
  readonly size: () => number
  /** The root of all leaves, at once. */
  readonly head: () => Hash
  readonly push: (leaf: Hash) => void
  /** A tile at least as wide as asked for. Rejects where it is neither in memory nor to be read. */
  readonly readTile: ReadTile
  /** Says that the tiles of the first `size` leaves are on disk: full ones need not be kept any more. */
  readonly release: (size: number) => void
}

/** The partial tiles at the right edge of a tree, by level; an empty one where a level has none. */
export interface Edge {
  readonly size: number
  readonly tiles: readonly Tile[]
}

/** A tree that goes on from an edge. `readFull` reads a full tile that was released. */
export function createGrowingTree({ size: from, tiles }: Edge, readFull: ReadTile): GrowingTree {
  const edge = tiles.map((tile, level) => ({ tile, index: Math.floor(from / 256 ** (level + 1)) }))
  const unreleased = new Map<string, { readonly tile: Tile; readonly end: number }>()
  const kept = new LRUCache<string, Tile>({ max: KEPT_TILES })
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
    const known = inEdge?.index === id.index ? inEdge.tile : (unreleased.get(path)?.tile ?? kept.get(path))
    if (known !== undefined) return known
    const tile = await readFull({ ...id, width: 256 })
    kept.set(path, tile)
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
        kept.set(path, tile)
      }
    },
  }
}

/** A node of the root's making: those of one level lie in that level's partial tile. */
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

/** A tile's id with the level as a number. */
export type HashTileId = TileId & { readonly level: number }
