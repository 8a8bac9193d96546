/** The paths of a tree's tiles, and their widths (C2SP tlog-tiles, Merkle Tree and Log entries). */
import { HASH_BYTES, type Hash, hashNeighbours } from './hash.ts'

/** How many hashes a full tile has, and how many entries a full bundle has. */
export const TILE_WIDTH = 256

/** The height of the tree in a tile: the top node of a full tile is this many levels above the tile's hashes. */
export const TILE_HEIGHT = 8

/** A tile of hashes or, if `level` is `entries`, a bundle of entries. `width` is from 1 to 256. A tile of less than 256 is partial. */
export interface TileId {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

/** Formats the path of a tile below the log's prefix, such as `tile/0/x001/x234/067` or `tile/entries/000.p/12`. */
export function tilePath({ level, index, width }: TileId): string {
  return `tile/${level}/${indexPath(index)}${width < TILE_WIDTH ? `.p/${width}` : ''}`
}

/** Formats a non-negative integer as path elements of three digits. Each element except the last has the prefix `x`. */
export function indexPath(index: number): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  return padded.replaceAll(/\d{3}(?=\d)/g, 'x$&/')
}

/** Parses the path of a tile. Returns undefined if it is not one. */
export function parseTilePath(path: string): TileId | undefined {
  const match = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path)
  if (!match?.[1] || !match[2]) return undefined
  const level = match[1] === 'entries' ? 'entries' : Number(match[1])
  const index = Number(match[2].replaceAll(/[x/]/g, ''))
  const width = match[3] === undefined ? TILE_WIDTH : Number(match[3])
  const isInRange = (level === 'entries' || level <= 63) && Number.isSafeInteger(index) && indexPath(index) === match[2]
  return isInRange && (match[3] === undefined || width < TILE_WIDTH) ? { level, index, width } : undefined
}

/** Returns how many hashes a tile has in a tree of `size` leaves, or 0 if the tree does not have the tile. */
export function tileWidth(level: number | 'entries', index: number, size: number): number {
  const count = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level))
  return Math.max(0, Math.min(TILE_WIDTH, count - index * TILE_WIDTH))
}

/** Yields the hash tiles of a tree of `size` leaves, level by level, from left to right. */
export function* tilesOf(size: number): Generator<TileId & { readonly level: number }> {
  for (let level = 0; TILE_WIDTH ** level <= size; level++) {
    for (let index = 0; tileWidth(level, index, size) > 0; index++) {
      yield { level, index, width: tileWidth(level, index, size) }
    }
  }
}

/**
 * A tile with the nodes between its hashes and its top. It computes each node once, when one is asked for. It grows to the right, up to 256 hashes.
 * Hashes in it never change. It takes 16 KiB.
 */
export type Tile = ReturnType<typeof createTile>

/** By height, the offset of the first node in a tile's bytes. All nodes of one height are beside each other, from left to right. */
const ROWS: readonly number[] = Array.from({ length: TILE_HEIGHT + 1 }, (_, height) => {
  return (2 * TILE_WIDTH - 2 * (TILE_WIDTH >> height)) * HASH_BYTES
})

/** The number of nodes of a full tile, with its hashes and its top. */
const NODES = 2 * TILE_WIDTH - 1

/**
 * Creates a tile from the bytes of a file, or an empty one.
 * @throws {RangeError} if the bytes are not a sequence of at most 256 hashes.
 */
export function createTile(bytes: Uint8Array = new Uint8Array()) {
  if (bytes.length % HASH_BYTES !== 0 || bytes.length > TILE_WIDTH * HASH_BYTES) {
    throw new RangeError(`a tile has up to ${TILE_WIDTH} hashes of ${HASH_BYTES} bytes; ${bytes.length} bytes came`)
  }
  const nodes = Buffer.alloc(NODES * HASH_BYTES)
  let width = 0

  const offsetOf = (height: number, index: number): number => (ROWS[height] ?? 0) + index * HASH_BYTES

  /** For how many hashes the nodes above them are computed. Whoever reads only the hashes needs none. */
  let completed = 0

  /** Computes the nodes that the hashes up to now complete. */
  const complete = (): void => {
    while (completed < width) {
      completed++
      for (let height = 1, count = completed; count % 2 === 0 && height <= TILE_HEIGHT; height++) {
        count /= 2
        hashNeighbours(nodes, offsetOf(height - 1, 2 * count - 2), offsetOf(height, count - 1))
      }
    }
  }

  const push = (hash: Hash): void => {
    if (width === TILE_WIDTH) throw new RangeError('the tile is full')
    nodes.set(hash, width * HASH_BYTES)
    width++
  }

  nodes.set(bytes)
  width = bytes.length / HASH_BYTES
  return {
    /** Returns the number of hashes. */
    width: () => width,
    /** Adds a hash on the right. Throws a RangeError if the tile is full. */
    push,
    /** Returns node `index` from the left, `height` levels above the hashes. Returns undefined if a hash below the node is missing. */
    node: (height: number, index: number): Hash | undefined => {
      const isThere = index >= 0 && height >= 0 && (index + 1) * 2 ** height <= width
      if (!isThere) return undefined
      if (height > 0) complete()
      return nodes.subarray(offsetOf(height, index), offsetOf(height, index) + HASH_BYTES)
    },
    /** Returns the first `width` hashes in the form of the file: `width * 32` bytes. */
    bytes: (count: number) => nodes.subarray(0, count * HASH_BYTES),
  }
}
