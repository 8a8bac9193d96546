import {
  consistencyRanges,
  EMPTY_ROOT,
  type Hash,
  hashRange,
  inclusionRanges,
  type NodeId,
  nodesOf,
  type Range,
} from './hash.ts'
import { createTile, TILE_HEIGHT, TILE_WIDTH, type Tile, type TileId, tilePath, tileWidth } from './tile.ts'

/** Computes roots and proofs of a tree from its hash tiles, which may be stored anywhere. */

/** Reads the hash tile at `index` of `level`. The tile has at least `width` hashes. Rejects if it cannot be read. */
export type ReadTile = (id: TileId & { readonly level: number }) => Promise<Tile>

/** A tree that reads its tiles on demand. All methods reject as `ReadTile` does, or with a RangeError if the tree is not large enough. */
export type TiledTree = ReturnType<typeof createTiledTree>

/** Creates a tree over tiles. It requests partial tiles with their width in the tree of `size()` leaves. */
export function createTiledTree(readTile: ReadTile, size: () => number) {
  const hashesOf = async (ranges: readonly Range[]): Promise<readonly Hash[]> => {
    // The tree may grow while the tiles are read. A partial tile must keep the path under which this function requested it.
    const total = size()
    const needed = new Map<string, TileId & { readonly level: number }>()
    for (const node of ranges.flatMap(nodesOf)) {
      const id = tileOf(node, total)
      needed.set(tilePath(id), id)
    }
    const tiles = new Map<string, Tile>()
    await Promise.all([...needed].map(async ([path, id]) => tiles.set(path, await readTile(id))))
    return ranges.map((range) => hashRange(range, (node) => nodeIn(node, tiles.get(tilePath(tileOf(node, total))))))
  }

  return {
    /** Computes the root of the first `size` leaves. */
    root: async (of: number) => (of === 0 ? EMPTY_ROOT : ((await hashesOf([{ begin: 0, end: of }]))[0] ?? EMPTY_ROOT)),
    /** Builds the inclusion proof of leaf `index` in the tree of `size` leaves. */
    inclusion: async (index: number, of: number) => {
      if (!(index >= 0 && index < of && of <= size())) throw new RangeError(`no leaf ${index} in a tree of ${of}`)
      return hashesOf(inclusionRanges(index, of))
    },
    /** Builds the consistency proof from the tree of `from` leaves to the tree of `to` leaves. */
    consistency: async (from: number, to: number) => {
      if (!(from >= 0 && from <= to && to <= size())) throw new RangeError(`no way from ${from} to ${to} leaves`)
      return hashesOf(consistencyRanges(from, to))
    },
  }
}

/** Returns the tile that contains a node, in a tree of `size` leaves. */
function tileOf({ height, index }: NodeId, size: number): TileId & { readonly level: number } {
  const level = Math.floor(height / TILE_HEIGHT)
  const tile = Math.floor((index * 2 ** (height - level * TILE_HEIGHT)) / TILE_WIDTH)
  return { level, index: tile, width: tileWidth(level, tile, size) }
}

function nodeIn({ height, index }: NodeId, tile: Tile | undefined): Hash {
  const inTile = height % TILE_HEIGHT
  const hash = tile?.node(inTile, index % 2 ** (TILE_HEIGHT - inTile))
  if (hash === undefined) throw new RangeError(`the node ${index} at height ${height} is in no tile that was read`)
  return hash
}

/** Creates a store that has all tiles of a tree in memory. It is for trees that are built only to compute roots and proofs. */
export function createMemoryTiles(): { readonly push: (leaf: Hash) => void; readonly readTile: ReadTile } {
  const levels: Tile[][] = []
  const push = (hash: Hash, level = 0): void => {
    const tiles = levels[level] ?? []
    levels[level] = tiles
    let tile = tiles.at(-1)
    if (tile === undefined || tile.width() === TILE_WIDTH) {
      tile = createTile()
      tiles.push(tile)
    }
    tile.push(hash)
    const top = tile.node(TILE_HEIGHT, 0)
    if (top !== undefined) push(top, level + 1)
  }
  return {
    push: (leaf) => push(leaf),
    readTile: async ({ level, index }) => {
      const tile = levels[level]?.[index]
      if (tile === undefined) throw new RangeError(`no tile ${index} at level ${level}`)
      return tile
    },
  }
}
