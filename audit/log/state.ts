/** The state that an open log has in memory. `log.ts` owns it, recovery creates it, and commit and publication change it. */
import type { KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { MAX_ENTRY_BYTES } from '../merkle/entry-bundle.ts'
import { EMPTY_ROOT, type Hash, hashRange } from '../merkle/hash.ts'
import { createTile, TILE_HEIGHT, TILE_WIDTH, type Tile, type TileId, tilePath } from '../merkle/tile.ts'
import { createTiledTree, type ReadTile, type TiledTree } from '../merkle/tiled-tree.ts'
import { formatCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { signNote } from '../note/note.ts'
import type { KeyPeriod, KeyRotation } from '../note/rotation.ts'
import type { SaltStore } from '../salts/salts.ts'
import type { LogStorage } from './folder-storage.ts'
import type { JournalHeader } from './journal-frames.ts'

/** A checkpoint that the log signed. */
export interface SignedCheckpoint {
  readonly size: number
  /** The note: text and signatures. */
  readonly note: string
}

/** One journal file. */
export interface JournalFile {
  readonly path: string
  /** The index of the entry that it begins with. */
  readonly first: number
  /** Undefined if no frame may be added: the file has the form of version 0.2, or a crash left it without a header. */
  readonly header: JournalHeader | undefined
  /** Where the next frame begins, in bytes. */
  used: number
  /** The length of the file, in bytes. 0 if it does not exist yet. */
  allocated: number
  /** The key of its salts, when it has been needed. */
  key: KeyObject | undefined
  /** Where frames are encoded, when one has been. */
  room?: Buffer
}

/** Salts of one commit that are in the journal, but not yet in the store. An object for each would outlive the collections of young objects. */
export interface PendingSalts {
  /** What the store gets: their slots, one after another (../salts/slot.ts). */
  readonly slots: Uint8Array
  /** Whether they were found erased when the log was opened. */
  readonly isErased: boolean
  /** The journal file, and the offset of the first sealed salt in it. */
  readonly path: string
  readonly at: number
  /** The bytes from there to the end of the last sealed salt, if this process wrote them. */
  readonly written?: Uint8Array
}

/** One thing that recovery repaired. A crash leaves it, so it is not damage. */
export interface Repair {
  readonly kind: 'TORN_JOURNAL' | 'TORN_HISTORY' | 'REPLAYED' | 'KEY_ROTATED'
  readonly where: string
  /** What recovery did, for people. */
  readonly what: string
}

/** The state of an open log. */
export interface LogState {
  readonly storage: LogStorage
  /** The key in force. */
  readonly signer: NoteSigner
  /** The rotations of the log's key, oldest first. */
  readonly rotations: readonly KeyRotation[]
  /** Which key may sign which trees. */
  readonly periods: readonly KeyPeriod[]
  readonly tree: GrowingTree
  readonly tail: Tail
  /** The newest signed checkpoint. It covers each acknowledged entry. */
  latest: SignedCheckpoint
  /** The content of the file `checkpoint`. */
  published: SignedCheckpoint
  /** Checkpoints that are signed but not yet in the history, oldest first. */
  checkpointsForHistory: SignedCheckpoint[]
  journal: JournalFile[]
  /** The store of salts. Undefined if the log has none. */
  readonly salts: SaltStore | undefined
  /** The salts of the journal that the store does not have yet. */
  saltsToStore: PendingSalts[]
  /** The length of the complete frames of each history file, in bytes, by path. A file that is not in the map is empty. */
  readonly historyLengths: Map<string, number>
}

/** Signs a checkpoint of the tree's present state, with the key in force and, until its rotation is finished, with the key before it. */
export function signTree(tree: GrowingTree, signer: NoteSigner): SignedCheckpoint {
  const { previous } = signer
  const size = tree.size()
  const text = formatCheckpoint({ origin: signer.verifier.name, size, root: tree.head() })
  return { size, note: signNote(text, previous === undefined ? [signer] : [signer, previous]) }
}

/**
 * The entries whose bundle is not yet full on disk. They are kept in the form of the bundles' files, 256 entries in one buffer: an object for each entry
 * would live until the next publication, and so through the collections of young objects, which would copy it each time.
 */
export type Tail = ReturnType<typeof createTail>

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
export function createTail(firstIndex: number) {
  let [first, blocks, spare]: [number, Block[], Buffer[]] = [firstIndex, [], []]
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
    /** Adds an entry. @throws {RangeError} if it is longer than 65,535 bytes. */
    push: (entry: Uint8Array) => pushBundle(toBundle(entry)),
    /** Adds the entries of a bundle, which must be complete. */
    pushBundle,
    /** Returns the first `width` entries of bundle `index` as a bundle. Its bytes do not change until the tail drops it. The tail has these entries, or the caller made a mistake. */
    bundle(index: number, width: number) {
      const block = blocks[index - first]
      const end = width === 0 ? 0 : block?.ends[width - 1]
      if (block === undefined || end === undefined) {
        throw new RangeError(`expected ${width} entries of bundle ${index}; the tail does not have them`)
      }
      return block.bytes.subarray(0, end)
    },
    /** Drops the full bundles of a tree of `size` leaves. */
    drop(size: number) {
      const kept = Math.floor(size / TILE_WIDTH)
      const dropped = blocks.slice(0, kept - first)
      blocks = blocks.slice(kept - first)
      // As many as came since the last time: a log to which little is appended keeps few.
      spare = [...dropped.map(({ bytes }) => bytes), ...spare].slice(0, Math.min(MAX_SPARE, dropped.length))
      first = kept
    },
  }
}

function toBundle(entry: Uint8Array): Uint8Array {
  if (entry.length > MAX_ENTRY_BYTES) {
    throw new RangeError(`an entry has at most ${MAX_ENTRY_BYTES} bytes; ${entry.length} came`)
  }
  const bundle = Buffer.allocUnsafe(2 + entry.length)
  bundle.writeUInt16BE(entry.length)
  bundle.set(entry, 2)
  return bundle
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
