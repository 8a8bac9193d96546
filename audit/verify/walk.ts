import { LRUCache } from 'lru-cache'
import { LEAVES_PER_HISTORY_FILE } from '../log/history.ts'
import { EMPTY_ROOT, HASH_BYTES, type Hash, hashRange, isSameHash, type NodeId } from '../merkle/hash.ts'
import { createTile, TILE_HEIGHT, TILE_WIDTH, type Tile, tilePath, tileWidth } from '../merkle/tile.ts'
import { formatBase64 } from '../note/base64.ts'
import { type Report, readTileFile } from './read-log.ts'
import type { LogSource } from './source.ts'
import { checkLeaves, type LeafFiles, type LeafOptions, readLeafFiles } from './verify-entries.ts'

/** How many tiles of leaves are read before they are needed, so that the disk or the network works meanwhile. */
const READ_AHEAD = 4

/** What {@link walkLeaves} works with. */
interface WalkOptions extends LeafOptions {
  readonly tree: WalkedTree
  /** Called when the leaves of one more history file are in the tree. */
  readonly onHistoryFile: () => Promise<void>
  /** Called from time to time with the progress, in entries. */
  readonly onProgress: ((done: number, total: number) => void) | undefined
}

/** Walks along the leaves, tile by tile, and builds the tree again from their hashes. It stops where leaves are missing. */
export async function walkLeaves(source: LogSource, options: WalkOptions, report: Report): Promise<void> {
  const { size, tree } = options
  for await (const files of readAhead(source, options)) {
    const leaves = checkLeaves(files, options, report)
    if (leaves === undefined) break
    tree.add(leaves)
    await checkHigherTiles(source, tree, size, report)
    if (tree.size() % LEAVES_PER_HISTORY_FILE === 0) await options.onHistoryFile()
    options.onProgress?.(tree.size(), size)
  }
}

/** Yields the files of the leaves in order, and reads the next ones meanwhile. */
async function* readAhead(source: LogSource, { size, hashesOnly, prunings }: WalkOptions): AsyncGenerator<LeafFiles> {
  const reading: Promise<LeafFiles>[] = []
  let next = 0
  const readNext = (): void => {
    const width = tileWidth(0, next, size)
    if (width === 0) return
    const files = readLeafFiles(source, { index: next++, width }, { hashesOnly, prunings })
    // If the walk ends before them, nobody waits for them.
    files.catch(() => undefined)
    reading.push(files)
  }
  for (let at = 0; at < READ_AHEAD; at++) readNext()
  for (let files = reading.shift(); files !== undefined; files = reading.shift()) {
    yield await files
    readNext()
  }
}

/**
 * Returns the root of the first `size` leaves. If the tree no longer has the tile of the last one in memory, it reads the tile again, and checks
 * that it is the one that the walk read: a source may answer differently the second time. Undefined if it is not.
 */
export async function rootOf(
  source: LogSource,
  tree: WalkedTree,
  size: number,
  options: LeafOptions,
): Promise<Hash | undefined> {
  const root = tree.root(size)
  if (root !== undefined) return root
  const index = Math.floor(size / TILE_WIDTH)
  const files = await readLeafFiles(source, { index, width: TILE_WIDTH }, options)
  const leaves = checkLeaves(files, options, () => undefined)
  return leaves !== undefined && tree.restore(index, leaves) ? tree.root(size) : undefined
}

/** Checks each tile above the leaves against the tiles below it, as soon as it is full or, at the end of the log, final. */
async function checkHigherTiles(source: LogSource, tree: WalkedTree, size: number, report: Report): Promise<void> {
  const isAtEnd = tree.size() === size
  for (let level = 1; TILE_WIDTH ** level <= tree.size(); level++) {
    const span = TILE_WIDTH ** (level + 1)
    if (!isAtEnd && tree.size() % span !== 0) continue
    const index = Math.ceil(tree.size() / span) - 1
    const id = { level, index, width: tileWidth(level, index, size) }
    if (id.width === 0) continue
    const [stored, built] = [await readTileFile(source, id, report), tree.tile(level, index)?.bytes(id.width)]
    for (let at = 0; stored !== undefined && built !== undefined && at < id.width; at++) {
      const [came, expected] = [stored, built].map((bytes) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))
      if (came === undefined || expected === undefined || isSameHash(came, expected)) continue
      const below = tilePath({ level: level - 1, index: index * TILE_WIDTH + at, width: TILE_WIDTH })
      report({
        kind: 'TILE',
        where: `hash ${at} of ${tilePath(id)}`,
        expected: `${formatBase64(expected)} from ${below}`,
        came: formatBase64(came),
      })
    }
  }
}

/**
 * The tree that a verification builds from the leaves of a log, tile by tile. It gives the root of each size up to its own.
 *
 * All tiles above the leaves stay in memory, a quarter of a byte for each leaf. The tiles of the leaves stay for a while, because the checkpoints
 * of the history are about the newest leaves when they are read. A tile that is needed again later is read again; {@link WalkedTree.restore}
 * accepts it only if it has the same hashes.
 */
export type WalkedTree = ReturnType<typeof createWalkedTree>

/** How many tiles of leaves stay in memory: those of the last 65,536 leaves, in 4 MiB. */
const MAX_LEAF_TILES = 256

/** Creates an empty tree. */
export function createWalkedTree() {
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

  return {
    /** Returns the number of leaves. */
    size: () => size,
    /** Adds the hashes of the next tile's leaves. Throws a RangeError after a tile that was not full. */
    add,
    /** Returns a tile above the leaves: `level` is at least 1. Undefined if there is none. */
    tile: higher.tile,
    /** Returns the root of the first `size` leaves, which must be in the tree. Undefined if the tile of the last of them is no longer in memory. */
    root,
    /** Takes back the leaves of the full tile `index`. Returns false if they are not those that were added. */
    restore,
  }
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
