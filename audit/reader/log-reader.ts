import { throwDamaged } from '../finding.ts'
import { decodeNotes, historyPaths } from '../log/history.ts'
import { hashLeaf, isSameHash } from '../merkle/hash.ts'
import { createTile, type Tile } from '../merkle/tile.ts'
import { TILE_WIDTH, tilePath } from '../merkle/tile-path.ts'
import { createTiledTree, type ReadTile } from '../merkle/tiled-tree.ts'
import { formatBase64 } from '../note/base64.ts'
import type { NoteVerifier } from '../note/key.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy } from '../note/policy.ts'
import { formatTlogProof, provesEntry } from '../note/tlog-proof.ts'
import { type PlacedEntry, readEntries } from '../verify/read-entries.ts'
import type { LogSource } from '../verify/source.ts'

/**
 * Reads a log from its files, for whoever looks for something in it. Each entry is held to its leaf and the leaves' tree to the
 * checkpoint; what `verify` checks beyond that, all tiles and all checkpoints of the history, is not looked at.
 */
export interface LogReader {
  readonly source: LogSource
  readonly log: NoteVerifier
  /** The checkpoint that the log shows. */
  readonly head: ReadHead
  /** The entries from `from` on, in order. Throws a LogDamagedError at one that does not hash to its leaf. */
  readonly entries: (from?: number) => AsyncGenerator<PlacedEntry>
  /** One entry. Rejects with a RangeError for an index that the log has not. */
  readonly entry: (index: number) => Promise<PlacedEntry>
  /**
   * The C2SP tlog-proof of an entry, with the entry itself in the line `extra`: under the newest checkpoint that has it and is in
   * quorum, or, where there is none, under the newest of all.
   */
  readonly prove: (index: number) => Promise<ProvedEntry>
}

/** A checkpoint with its note. */
export interface ReadHead extends CheckedCheckpoint {
  readonly note: string
}

/** An entry that is proved. */
export interface ProvedEntry extends PlacedEntry {
  /** The text of a `.tlog-proof` file. */
  readonly proof: string
  readonly head: ReadHead
}

/** How many tiles are kept while a log is read. */
const KEPT_TILES = 512

/**
 * Opens a log for reading. Rejects with a LogDamagedError where it has no checkpoint, or its tiles do not lead to the checkpoint's
 * root, with a NoteError where no log of the policy signed it, and as the source does.
 */
export async function openLogReader(source: LogSource, policy: Policy): Promise<LogReader> {
  const bytes = await source.read('checkpoint')
  if (bytes === undefined) return throwDamaged('MISSING', `checkpoint of ${source.name}`, 'a file', 'none')
  const head = readHead(Buffer.from(bytes).toString('utf8'), policy)
  const { size, root } = head.checkpoint
  const readTile = cachedTiles(source)
  const tree = createTiledTree(readTile, () => size)
  const came = await tree.root(size)
  if (!isSameHash(came, root)) throwDamaged('ROOT', `checkpoint of size ${size}`, formatBase64(root), formatBase64(came))

  async function* entries(from = 0): AsyncGenerator<PlacedEntry> {
    for await (const placed of readEntries(source, size, from)) {
      await holdToLeaf(placed, size, readTile)
      yield placed
    }
  }

  const entry = async (index: number): Promise<PlacedEntry> => {
    if (!(index >= 0 && index < size)) throw new RangeError(`the log has ${size} entries, none at ${index}`)
    for await (const placed of entries(index)) return placed
    throw new RangeError(`the log has no entry at ${index}`)
  }

  const prove = async (index: number): Promise<ProvedEntry> => {
    const placed = await entry(index)
    const best = head.isInQuorum ? head : ((await newestInQuorum(source, policy, head, index)) ?? head)
    const hashes = await tree.inclusion(index, best.checkpoint.size)
    const proof = { index, hashes, checkpoint: best.note, extra: placed.bytes }
    if (!provesEntry(placed.bytes, proof, best.checkpoint)) {
      throwDamaged('ROOT', `checkpoint of size ${best.checkpoint.size}`, formatBase64(best.checkpoint.root), 'another')
    }
    return { ...placed, proof: formatTlogProof(proof), head: best }
  }

  return { source, log: head.log.verifier, head, entries, entry, prove }
}

function readHead(note: string, policy: Policy): ReadHead {
  return { ...checkCheckpoint(note, policy), note }
}

/** The newest checkpoint of the history that has entry `index` and is in quorum. */
async function newestInQuorum(
  source: LogSource,
  policy: Policy,
  { checkpoint: { size, origin } }: ReadHead,
  index: number,
): Promise<ReadHead | undefined> {
  for (const path of [...historyPaths(size, index)].reverse()) {
    const { notes } = decodeNotes((await source.read(path)) ?? new Uint8Array())
    const heads = notes.flatMap((note) => readOrNothing(note, policy))
    const found = heads
      .filter(({ checkpoint, isInQuorum }) => isInQuorum && checkpoint.origin === origin)
      .filter(({ checkpoint }) => checkpoint.size > index && checkpoint.size <= size)
      .sort((one, other) => other.checkpoint.size - one.checkpoint.size)
    if (found[0] !== undefined) return found[0]
  }
  return undefined
}

function readOrNothing(note: string, policy: Policy): readonly ReadHead[] {
  try {
    return [readHead(note, policy)]
  } catch {
    // `verify` says what is wrong with it; here it proves nothing.
    return []
  }
}

function cachedTiles(source: LogSource): ReadTile {
  const kept = new Map<string, Promise<Tile>>()
  return (id) => {
    const path = tilePath(id)
    const known = kept.get(path) ?? readTileFile(source, id)
    kept.delete(path)
    kept.set(path, known)
    const [oldest] = kept.keys()
    if (kept.size > KEPT_TILES && oldest !== undefined) kept.delete(oldest)
    return known
  }
}

async function readTileFile(source: LogSource, id: Parameters<ReadTile>[0]): Promise<Tile> {
  const path = tilePath(id)
  const bytes = (await source.read(path)) ?? (await source.read(tilePath({ ...id, width: TILE_WIDTH })))
  if (bytes === undefined) return throwDamaged('MISSING', path, 'a file', 'none')
  if (bytes.length < id.width * 32) {
    throwDamaged('MALFORMED', path, `${id.width} hashes of 32 bytes`, `${bytes.length} bytes`)
  }
  return createTile(bytes.subarray(0, id.width * 32))
}

async function holdToLeaf({ index, bytes }: PlacedEntry, size: number, readTile: ReadTile): Promise<void> {
  const tile = Math.floor(index / TILE_WIDTH)
  const width = Math.min(TILE_WIDTH, size - tile * TILE_WIDTH)
  const leaf = (await readTile({ level: 0, index: tile, width })).node(0, index % TILE_WIDTH)
  const came = hashLeaf(bytes)
  if (leaf !== undefined && isSameHash(leaf, came)) return
  throwDamaged('ENTRY', `entry ${index}`, leaf === undefined ? 'a leaf' : formatBase64(leaf), formatBase64(came))
}
