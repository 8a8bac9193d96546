import { LEAVES_PER_HISTORY_FILE } from '../log/history.ts'
import { HASH_BYTES, type Hash, isSameHash } from '../merkle/hash.ts'
import { TILE_WIDTH, tilePath, tileWidth } from '../merkle/tile-path.ts'
import { formatBase64 } from '../note/base64.ts'
import { type LogSource, type Report, readTileFile } from './source.ts'
import { checkLeaves, type LeafFiles, type LeafOptions, readLeafFiles } from './verify-entries.ts'
import type { WalkedTree } from './walked-tree.ts'

/** How many tiles of leaves are read before they are needed, so that the disk or the network works meanwhile. */
const READ_AHEAD = 4

/** What {@link walkLeaves} works with. */
export interface WalkOptions extends LeafOptions {
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
  const leaves = checkLeaves(files, { ...options, checkEntries: undefined }, () => undefined)
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
