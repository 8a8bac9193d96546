import { throwDamaged } from '../finding.ts'
import { decodeNotes, historyPaths } from '../log/history.ts'
import { HASH_BYTES, type Hash, isSameHash, writeLeafHash } from '../merkle/hash.ts'
import { TILE_WIDTH, tileWidth } from '../merkle/tile-path.ts'
import { createTiledTree } from '../merkle/tiled-tree.ts'
import { formatBase64 } from '../note/base64.ts'
import type { NoteVerifier } from '../note/key.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withRotations } from '../note/policy.ts'
import type { KeyRotation } from '../note/rotation.ts'
import { formatTlogProof, provesEntry } from '../note/tlog-proof.ts'
import { type Prunings, readPrunings } from '../verify/prunings.ts'
import { type PlacedEntry, readBundle } from '../verify/read-entries.ts'
import { readRotations } from '../verify/read-rotations.ts'
import type { LogSource } from '../verify/source.ts'
import { createTileReader } from '../verify/source-tree.ts'

/**
 * Reads a log from its files, for searches. It checks each entry against its leaf, and the tree of the leaves against the
 * checkpoint. It does not check all tiles or the checkpoints of the history, as `verifyLog` does.
 */
export interface LogReader {
  readonly source: LogSource
  readonly log: NoteVerifier
  /** The trust policy, with the keys that replaced the log's key. */
  readonly policy: Policy
  /** The rotations of the log's key, oldest first. */
  readonly rotations: readonly KeyRotation[]
  /** The prunings of the log: which entries are gone, and why. */
  readonly prunings: Prunings
  /** The checkpoint in the log's folder. */
  readonly head: ReadHead
  /** Returns the root of the first `size` entries. Rejects with a RangeError if the log does not have them. */
  readonly root: (size: number) => Promise<Hash>
  /** Yields the entries in order, beginning with entry `from`, without those that were pruned. Throws a LogDamagedError at an entry that does not match its leaf. */
  readonly entries: (from?: number) => AsyncGenerator<PlacedEntry>
  /** Reads one entry. Rejects with a RangeError if the log does not have the index, or the entry was pruned. */
  readonly entry: (index: number) => Promise<PlacedEntry>
  /**
   * Builds the C2SP tlog-proof of an entry, with the entry itself in the line `extra`. The proof uses the newest checkpoint that
   * includes the entry and has a quorum of witnesses. If there is none, it uses the newest checkpoint.
   */
  readonly prove: (index: number) => Promise<ProvedEntry>
  /** Returns the newest checkpoint that has a quorum of witnesses; undefined if there is none. */
  readonly newestInQuorum: () => Promise<ReadHead | undefined>
}

/** A checkpoint with its note. */
export interface ReadHead extends CheckedCheckpoint {
  readonly note: string
}

/** An entry with its proof. */
export interface ProvedEntry extends PlacedEntry {
  /** The text of a `.tlog-proof` file. */
  readonly proof: string
  /** The checkpoint that the proof uses. */
  readonly head: ReadHead
}

/**
 * Opens a log for reading. Rejects with a LogDamagedError if it has no checkpoint or its tiles do not lead to the checkpoint's
 * root, with a NoteError if no log of the trust policy signed the checkpoint or the rotations of its key do not lead to the trust
 * policy's key, and with the errors of the source.
 */
export async function openLogReader(source: LogSource, trusted: Policy): Promise<LogReader> {
  const rotations = await readRotations(source)
  const policy = withRotations(trusted, rotations)
  const bytes = await source.read('checkpoint')
  if (bytes === undefined) return throwDamaged('MISSING', `checkpoint of ${source.name}`, 'a file', 'none')
  const head = readHead(Buffer.from(bytes).toString('utf8'), policy)
  const { size, root } = head.checkpoint
  const readTile = createTileReader(source)
  const tree = createTiledTree(readTile, () => size)
  const came = await tree.root(size)
  if (!isSameHash(came, root))
    throwDamaged('ROOT', `checkpoint of size ${size}`, formatBase64(root), formatBase64(came))

  const prunings = await readPrunings(source, head.checkpoint.origin, policy)

  async function* entries(from = 0): AsyncGenerator<PlacedEntry> {
    const came = Buffer.alloc(HASH_BYTES)
    for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < size; bundle++) {
      const all = await readBundle(source, bundle, size, prunings.isPruned(bundle))
      if (all.length === 0) continue
      const leaves = await readTile({ level: 0, index: bundle, width: tileWidth(0, bundle, size) })
      for (const [at, bytes] of all.entries()) {
        const index = bundle * TILE_WIDTH + at
        if (index < from) continue
        writeLeafHash(bytes, came, 0)
        checkLeaf(index, leaves.node(0, at), came)
        yield { index, bytes }
      }
    }
  }

  const entry = async (index: number): Promise<PlacedEntry> => {
    if (!(index >= 0 && index < size)) throw new RangeError(`the log has ${size} entries; it has no entry at ${index}`)
    for await (const placed of entries(index)) {
      if (placed.index !== index)
        throw new RangeError(`entry ${index} was pruned: its hash is in the tree, and its text is gone`)
      return placed
    }
    throw new RangeError(`the log has no entry at ${index}`)
  }

  const newest = async (index: number): Promise<ReadHead | undefined> =>
    head.isInQuorum ? head : newestInQuorum(source, policy, head, index)

  const prove = async (index: number): Promise<ProvedEntry> => {
    const placed = await entry(index)
    const best = (await newest(index)) ?? head
    const hashes = await tree.inclusion(index, best.checkpoint.size)
    const proof = { index, hashes, checkpoint: best.note, extra: placed.bytes }
    if (!provesEntry(placed.bytes, proof, best.checkpoint)) {
      throwDamaged('ROOT', `checkpoint of size ${best.checkpoint.size}`, formatBase64(best.checkpoint.root), 'another')
    }
    return { ...placed, proof: formatTlogProof(proof), head: best }
  }

  const parts = { policy, rotations, prunings, head }
  const reading = { entries, root: tree.root, entry, prove, newestInQuorum: () => newest(0) }
  return { source, log: head.log.verifier, ...parts, ...reading }
}

function readHead(note: string, policy: Policy): ReadHead {
  return { ...checkCheckpoint(note, policy), note }
}

/** Finds the newest checkpoint of the history that includes entry `index` and has a quorum of witnesses. */
async function newestInQuorum(
  source: LogSource,
  policy: Policy,
  { checkpoint: { size, origin } }: ReadHead,
  index: number,
): Promise<ReadHead | undefined> {
  for (const path of [...historyPaths(size, index)].reverse()) {
    const { notes } = decodeNotes((await source.read(path)) ?? new Uint8Array())
    const heads = notes.flatMap((note) => readIfValid(note, policy))
    const found = heads
      .filter(({ checkpoint, isInQuorum }) => isInQuorum && checkpoint.origin === origin)
      .filter(({ checkpoint }) => checkpoint.size > index && checkpoint.size <= size)
      .sort((one, other) => other.checkpoint.size - one.checkpoint.size)
    if (found[0] !== undefined) return found[0]
  }
  return undefined
}

function readIfValid(note: string, policy: Policy): readonly ReadHead[] {
  try {
    return [readHead(note, policy)]
  } catch {
    // `verifyLog` reports what is wrong with it. Here it just proves nothing.
    return []
  }
}

function checkLeaf(index: number, leaf: Hash | undefined, came: Hash): void {
  if (leaf !== undefined && isSameHash(leaf, came)) return
  throwDamaged('ENTRY', `entry ${index}`, leaf === undefined ? 'a leaf' : formatBase64(leaf), formatBase64(came))
}
