import { throwDamaged } from '../finding.ts'
import { decodeNotes, historyPaths } from '../log/history.ts'
import { HASH_BYTES, type Hash, isSameHash, writeLeafHash } from '../merkle/hash.ts'
import { TILE_WIDTH, tileWidth } from '../merkle/tile.ts'
import { createTiledTree } from '../merkle/tiled-tree.ts'
import { formatBase64 } from '../note/base64.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import type { NoteVerifier } from '../note/key.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withRotations } from '../note/policy.ts'
import type { KeyRotation } from '../note/rotation.ts'
import { formatTlogProof, provesEntry } from '../note/tlog-proof.ts'
import { type Prunings, readPrunings } from '../verify/prunings.ts'
import { createTileReader, type PlacedEntry, readBundle, readRotations } from '../verify/read-log.ts'
import type { LogSource } from '../verify/source.ts'

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
interface ReadHead extends CheckedCheckpoint {
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

/**
 * Joins the readers of a log's shards to one reader. The index of an entry counts over all shards, from the first entry of the first one. `prove`
 * proves the entry in its own shard, with its index there.
 */
export interface ChainedReader extends LogReader {
  /** The readers of the shards, oldest first. */
  readonly shards: readonly LogReader[]
  /** Returns the shard of an entry, and its index there. Throws a RangeError if the log does not have the index. */
  readonly placeOf: (index: number) => { readonly reader: LogReader; readonly index: number }
}

/**
 * Joins readers. `log`, `source` and the other members of `head` than its size are those of the newest shard.
 * @param shards the readers of all shards, oldest first. With one of them, the result is the same as that reader.
 * @throws {TypeError} if there is none.
 */
export function chainReaders(shards: readonly LogReader[]): ChainedReader {
  const newest = shards.at(-1)
  if (newest === undefined) throw new TypeError('expected at least one shard')
  const starts: number[] = []
  let size = 0
  for (const { head } of shards) {
    starts.push(size)
    size += head.checkpoint.size
  }

  const placeOf: ChainedReader['placeOf'] = (index) => {
    if (!(index >= 0 && index < size)) throw new RangeError(`the log has ${size} entries; it has no entry at ${index}`)
    const at = starts.findLastIndex((start) => start <= index)
    return { reader: shards[at] as LogReader, index: index - (starts[at] ?? 0) }
  }

  async function* entries(from = 0): AsyncGenerator<PlacedEntry> {
    for (const [at, reader] of shards.entries()) {
      const start = starts[at] ?? 0
      if (start + reader.head.checkpoint.size <= from) continue
      for await (const { index, bytes } of reader.entries(Math.max(0, from - start))) {
        yield { index: start + index, bytes }
      }
    }
  }

  const entry = async (index: number): Promise<PlacedEntry> => {
    const place = placeOf(index)
    return { ...(await place.reader.entry(place.index)), index }
  }

  const prove = async (index: number): Promise<ProvedEntry> => {
    const place = placeOf(index)
    return place.reader.prove(place.index)
  }

  const checkpoint = { ...newest.head.checkpoint, size }
  const rotations = shards.flatMap((shard) => shard.rotations)
  return { ...newest, rotations, head: { ...newest.head, checkpoint }, entries, entry, prove, shards, placeOf }
}

/** An entry that was parsed. */
export interface ParsedEntry<Entry> extends PlacedEntry {
  readonly entry: Entry
}

/** An entry that is in the log and cannot be parsed. */
export interface UnreadableEntry {
  readonly index: number
  /** What was expected, without any value of the entry. */
  readonly reason: string
}

/**
 * Yields the entries of a log in order, each parsed. Yields an entry that cannot be parsed as {@link UnreadableEntry}, so that one such entry
 * does not hide the others. Whoever reads skips it, counts it and names it. An entry that does not match its leaf still rejects, as in
 * `LogReader.entries`.
 * @param parse throws an Error for bytes that it does not understand
 * @param from the index of the first entry
 */
export async function* readParsed<Entry>(
  reader: Pick<LogReader, 'entries'>,
  parse: (bytes: Uint8Array) => Entry,
  from = 0,
): AsyncGenerator<ParsedEntry<Entry> | UnreadableEntry> {
  for await (const placed of reader.entries(from)) {
    yield parseOne(placed, parse)
  }
}

function parseOne<Entry>(
  { index, bytes }: PlacedEntry,
  parse: (bytes: Uint8Array) => Entry,
): ParsedEntry<Entry> | UnreadableEntry {
  try {
    return { index, bytes, entry: parse(bytes) }
  } catch (error) {
    return { index, reason: error instanceof Error ? error.message : 'it cannot be read' }
  }
}

/** Finds how much of a log the quorum of its trust policy has cosigned. The rest only the owner of the log's key vouches for. */

/** Which part of a log a quorum of witnesses has cosigned. */
export interface WitnessedPart {
  /** Whether the trust policy demands a quorum. */
  readonly isDemanded: boolean
  /** The first `size` entries are cosigned. */
  readonly size: number
  /** The time of the quorum (audit/note/policy.ts), in milliseconds since the epoch; null if there never was one. */
  readonly timeMs: number | null
}

/**
 * Finds the part. Of a divided log, it ends in the first shard that is not cosigned to its end. Rejects with a LogDamagedError if the newest cosigned
 * checkpoint is not of the log's tree.
 */
export async function findWitnessedPart(reader: LogReader | ChainedReader): Promise<WitnessedPart> {
  const { size } = reader.head.checkpoint
  if (reader.policy.quorum === 'none') return { isDemanded: false, size, timeMs: null }
  let [cosigned, timeMs]: [number, number | null] = [0, null]
  for (const shard of 'shards' in reader ? reader.shards : [reader]) {
    const part = await findInShard(shard)
    cosigned += part.size
    timeMs = part.timeMs ?? timeMs
    if (part.size < shard.head.checkpoint.size) break
  }
  return { isDemanded: true, size: cosigned, timeMs }
}

async function findInShard(reader: LogReader): Promise<Omit<WitnessedPart, 'isDemanded'>> {
  const { head, source } = reader
  if (head.quorumTime !== undefined) return { size: head.checkpoint.size, timeMs: head.quorumTime * 1_000 }
  for (const path of [...historyPaths(head.checkpoint.size)].reverse()) {
    const found = newestOfNotes(decodeNotes((await source.read(path)) ?? new Uint8Array()).notes, reader)
    if (found === undefined) continue
    const { root, size } = found.checkpoint
    const came = await reader.root(size)
    if (!isSameHash(root, came)) {
      throwDamaged('ROOT', `cosigned checkpoint of size ${size}`, formatBase64(root), formatBase64(came))
    }
    return { size, timeMs: found.timeMs }
  }
  return { size: 0, timeMs: null }
}

/** Returns the last of these notes that is a checkpoint of the log in quorum, and the time of the quorum; undefined if none is. */
export function newestOfNotes(
  notes: readonly string[],
  { policy, head, log }: LogReader,
): { readonly checkpoint: Checkpoint; readonly timeMs: number } | undefined {
  for (const note of [...notes].reverse()) {
    try {
      const { checkpoint, quorumTime } = checkCheckpoint(note, policy)
      if (quorumTime === undefined || checkpoint.origin !== log.name || checkpoint.size > head.checkpoint.size) continue
      return { checkpoint, timeMs: quorumTime * 1_000 }
    } catch {
      // `verify` reports what is wrong with it. Here it just proves nothing.
    }
  }
  return undefined
}

/** Finds places in a log by the times of its entries, without reading the whole log. */

/** How many neighbouring entries are read at each place. The latest of their times counts, so that single wrong times lead nowhere. */
const NEIGHBOURS = 8

/**
 * Finds the first entry that may be as late as a time, by about log2(size) readings. Entries are in the order of their times, except for small
 * differences: the caller subtracts the largest of these from the time.
 * @param timesFrom reads the times of up to `count` entries from an index on, in milliseconds since the epoch
 * @returns the index of an entry before which no entry is as late; `size` if there is none.
 */
export async function findFirstByTime(
  size: number,
  fromMs: number,
  timesFrom: (index: number, count: number) => Promise<readonly number[]>,
): Promise<number> {
  let [low, high] = [0, size]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const times = await timesFrom(middle, NEIGHBOURS)
    // If nobody knows the times, the place stays in the range, because too many entries are better than too few.
    if (times.length === 0 || Math.max(...times) >= fromMs) high = middle
    else low = middle + 1
  }
  return low
}

/** Reads the times of the next `count` entries, in milliseconds since the epoch. Leaves out entries without a time. */
export async function readTimes(entries: AsyncGenerator<PlacedEntry>, count: number): Promise<readonly number[]> {
  const times: number[] = []
  let read = 0
  for await (const { bytes } of entries) {
    const timeMs = readTime(bytes)
    if (timeMs !== undefined) times.push(timeMs)
    read++
    if (read === count) break
  }
  return times
}

function readTime(bytes: Uint8Array): number | undefined {
  try {
    const { time } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { time?: unknown }
    const timeMs = typeof time === 'string' ? Date.parse(time) : Number.NaN
    return Number.isNaN(timeMs) ? undefined : timeMs
  } catch {
    return undefined
  }
}
