import { HASH_BYTES, type Hash, hashNode } from './hash.ts'
import { TILE_WIDTH } from './tile-path.ts'

/**
 * A tile with the nodes between its hashes and its top. It computes each node once. It grows to the right, up to 256 hashes.
 * Hashes in it never change.
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

/**
 * Creates a tile from the bytes of a file, or an empty one.
 * @throws {RangeError} if the bytes are not a sequence of at most 256 hashes.
 */
export function createTile(bytes: Uint8Array = new Uint8Array()): Tile {
  if (bytes.length % HASH_BYTES !== 0 || bytes.length > TILE_WIDTH * HASH_BYTES) {
    throw new RangeError(`a tile has up to ${TILE_WIDTH} hashes of ${HASH_BYTES} bytes; ${bytes.length} bytes came`)
  }
  const hashes = Buffer.alloc(TILE_WIDTH * HASH_BYTES)
  /** By height, from left to right. */
  const nodes: Hash[][] = []
  let width = 0

  const addNode = (height: number, hash: Hash): void => {
    const row = nodes[height] ?? []
    nodes[height] = row
    const left = row.length % 2 === 1 ? row.at(-1) : undefined
    row.push(hash)
    if (left !== undefined) addNode(height + 1, hashNode(left, hash))
  }

  const push = (hash: Hash): void => {
    if (width === TILE_WIDTH) throw new RangeError('the tile is full')
    hashes.set(hash, width * HASH_BYTES)
    addNode(0, hashes.subarray(width * HASH_BYTES, (width + 1) * HASH_BYTES))
    width++
  }

  for (let at = 0; at < bytes.length; at += HASH_BYTES) push(bytes.subarray(at, at + HASH_BYTES))
  return {
    width: () => width,
    push,
    node: (height, index) => nodes[height]?.[index],
    bytes: (count) => hashes.subarray(0, count * HASH_BYTES),
  }
}
