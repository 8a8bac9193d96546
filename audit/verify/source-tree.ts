import { LRUCache } from 'lru-cache'
import { throwDamaged } from '../finding.ts'
import { HASH_BYTES } from '../merkle/hash.ts'
import { createTile, type Tile } from '../merkle/tile.ts'
import { TILE_WIDTH, tilePath } from '../merkle/tile-path.ts'
import type { ReadTile } from '../merkle/tiled-tree.ts'
import type { LogSource } from './source.ts'

/** How many tiles stay cached while a log is read. */
const MAX_CACHED_TILES = 512

/**
 * Creates a function that reads the tiles of a log and caches them. A log publishes partial tiles only for the sizes of the checkpoints
 * that it publishes, and may delete one when the full tile is there. So ask for the tiles of the published checkpoint, also to compute
 * the root of a smaller tree, such as that of a receipt. The function rejects with a LogDamagedError if a tile is missing.
 */
export function createTileReader(source: LogSource): ReadTile {
  const cached = new LRUCache<string, Promise<Tile>>({ max: MAX_CACHED_TILES })
  return (id) => {
    const path = tilePath(id)
    const tile = cached.get(path) ?? readTileFile(source, id)
    cached.set(path, tile)
    return tile
  }
}

async function readTileFile(source: LogSource, id: Parameters<ReadTile>[0]): Promise<Tile> {
  const path = tilePath(id)
  const bytes = (await source.read(path)) ?? (await source.read(tilePath({ ...id, width: TILE_WIDTH })))
  if (bytes === undefined) return throwDamaged('MISSING', path, 'a file', 'none')
  if (bytes.length < id.width * HASH_BYTES) {
    throwDamaged('MALFORMED', path, `${id.width} hashes of ${HASH_BYTES} bytes`, `${bytes.length} bytes`)
  }
  return createTile(bytes.subarray(0, id.width * HASH_BYTES))
}
