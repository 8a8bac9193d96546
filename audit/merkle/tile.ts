import { HASH_BYTES, type Hash, hashNeighbours } from './hash.ts'
import { TILE_HEIGHT, TILE_WIDTH } from './tile-path.ts'

/**
 * A tile with the nodes between its hashes and its top. It computes each node once, when one is asked for. It grows to the right, up to 256 hashes.
 * Hashes in it never change. It takes 16 KiB.
 */
export interface Tile {
  /** Returns the number of hashes. */
  readonly width: () => number
  /** Adds a hash on the right. Throws a RangeError if the tile is full. */
  readonly push: (hash: Hash) => void
  /** Returns node `index` from the left, `height` levels above the hashes. Returns undefined if a hash below the node is missing. */
  readonly node: (height: number, index: number) => Hash | undefined
  /** Returns the first `width` hashes in the form of the file: `width * 32` bytes. */
  readonly bytes: (width: number) => Uint8Array
}

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
export function createTile(bytes: Uint8Array = new Uint8Array()): Tile {
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
    width: () => width,
    push,
    node: (height, index) => {
      const isThere = index >= 0 && height >= 0 && (index + 1) * 2 ** height <= width
      if (!isThere) return undefined
      if (height > 0) complete()
      return nodes.subarray(offsetOf(height, index), offsetOf(height, index) + HASH_BYTES)
    },
    bytes: (count) => nodes.subarray(0, count * HASH_BYTES),
  }
}
