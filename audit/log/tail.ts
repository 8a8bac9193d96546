import { MAX_ENTRY_BYTES } from '../merkle/entry-bundle.ts'
import { TILE_WIDTH } from '../merkle/tile-path.ts'

/**
 * The entries whose bundle is not yet full on disk. They are kept in the form of the bundles' files, 256 entries in one buffer: an object for each entry
 * would live until the next publication, and so through the collections of young objects, which would copy it each time.
 */
export interface Tail {
  /**
   * Adds an entry.
   * @throws {RangeError} if it is longer than 65,535 bytes.
   */
  readonly push: (entry: Uint8Array) => void
  /** Adds the entries of a bundle, which must be complete. */
  readonly pushBundle: (bundle: Uint8Array) => void
  /** Returns the first `width` entries of bundle `index` as a bundle. Its bytes do not change until the tail drops it. The tail has these entries, or the caller made a mistake. */
  readonly bundle: (index: number, width: number) => Uint8Array
  /** Drops the full bundles of a tree of `size` leaves. */
  readonly drop: (size: number) => void
}

/** The entries of one bundle. */
interface Block {
  bytes: Buffer
  /** Where each entry ends. */
  readonly ends: number[]
}

/** The first length of a block, in bytes. It doubles when it is full. */
const FIRST_BYTES = 16 * 1024

/** How many blocks that were dropped are used again. A block lives for a second or so: too long for a collection of young objects to free it. */
const MAX_SPARE = 64

/** Creates the tail of a log without entries beyond bundle `firstIndex`. */
export function createTail(firstIndex: number): Tail {
  let first = firstIndex
  let blocks: Block[] = []
  let spare: Buffer[] = []
  /** How long the last full block was: the next one is about as long. */
  let usual = FIRST_BYTES

  const blockWithRoom = (): Block => {
    const last = blocks.at(-1)
    if (last !== undefined && last.ends.length < TILE_WIDTH) return last
    if (last !== undefined) usual = last.bytes.length
    const block: Block = { bytes: spare.pop() ?? Buffer.allocUnsafeSlow(usual), ends: [] }
    blocks.push(block)
    return block
  }

  const pushBundle = (bundle: Uint8Array): void => {
    for (let from = 0; from < bundle.length; ) {
      const block = blockWithRoom()
      const used = block.ends.at(-1) ?? 0
      let to = from
      while (to < bundle.length && block.ends.length < TILE_WIDTH) {
        to += 2 + lengthAt(bundle, to)
        block.ends.push(used + to - from)
      }
      makeRoom(block, used, used + to - from)
      block.bytes.set(from === 0 && to === bundle.length ? bundle : bundle.subarray(from, to), used)
      from = to
    }
  }

  return {
    push(entry) {
      if (entry.length > MAX_ENTRY_BYTES) {
        throw new RangeError(`an entry has at most ${MAX_ENTRY_BYTES} bytes; ${entry.length} came`)
      }
      const bundle = Buffer.allocUnsafe(2 + entry.length)
      bundle.writeUInt16BE(entry.length)
      bundle.set(entry, 2)
      pushBundle(bundle)
    },
    pushBundle,
    bundle(index, width) {
      const block = blocks[index - first]
      const end = width === 0 ? 0 : block?.ends[width - 1]
      if (block === undefined || end === undefined) {
        throw new RangeError(`expected ${width} entries of bundle ${index}; the tail does not have them`)
      }
      return block.bytes.subarray(0, end)
    },
    drop(size) {
      const kept = Math.floor(size / TILE_WIDTH)
      const dropped = blocks.slice(0, kept - first)
      blocks = blocks.slice(kept - first)
      // As many as came since the last time: a log to which little is appended keeps few.
      spare = [...dropped.map(({ bytes }) => bytes), ...spare].slice(0, Math.min(MAX_SPARE, dropped.length))
      first = kept
    },
  }
}

function lengthAt(bundle: Uint8Array, at: number): number {
  return (bundle[at] as number) * 256 + (bundle[at + 1] as number)
}

/** Lets a block have `needed` bytes. Somebody may read the old ones, so they stay as they are. */
function makeRoom(block: Block, used: number, needed: number): void {
  if (needed <= block.bytes.length) return
  let length = block.bytes.length
  while (length < needed) length *= 2
  const bytes = Buffer.allocUnsafeSlow(length)
  bytes.set(block.bytes.subarray(0, used))
  block.bytes = bytes
}
