import { hash } from 'node:crypto'
import { decodeNotes, historyPath } from '../../../audit/log/history.ts'
import { formatCheckpoint } from '../../../audit/note/checkpoint.ts'
import type { ChainedReader } from '../../../audit/reader/chain-reader.ts'
import { readTimes } from '../../../audit/reader/find-by-time.ts'
import type { LogReader } from '../../../audit/reader/log-reader.ts'
import { findWitnessedPart, newestInQuorum, type WitnessedPart } from '../../../audit/reader/witnessed-part.ts'
import type { PlacedEntry } from '../../../audit/verify/read-entries.ts'

/** One side of a comparison: a log, or what somebody was given of it. */
export interface Side {
  /** The origin of the log. */
  readonly name: string
  /** The size of the tree in its newest checkpoint. */
  readonly size: number
  /** Whether it is an export: then entries are missing that do not concern the reader. */
  readonly isExport: boolean
  /** Whether it is read while its owner writes it, so that the reader's clock says how old it is. */
  readonly isLive: boolean
  /** Yields the entries in order, beginning with entry `from`. Throws a LogDamagedError if one is not in the tree. */
  readonly entries: (from?: number) => AsyncGenerator<PlacedEntry>
  /** Reads the times of up to `count` entries from an index on; null if the side can only be read from its beginning. */
  readonly timesFrom: ((index: number, count: number) => Promise<readonly number[]>) | null
  /** The log's shards by their origins, oldest first. A log that is not divided has one. */
  readonly shards: ReadonlyMap<string, ShardOfSide>
  /** Returns the SHA-256 of the text of a shard's checkpoint of a size, which receipts name; null if the side does not know its trees. */
  readonly checkpointAt: ((origin: string, size: number) => Promise<string>) | null
  readonly witnessed: WitnessedPart
  /** Of an export: the country's part before its first one, by which it proves where it begins; null or absent without. */
  readonly before?: PartBefore | null
  /** Returns some cosigned checkpoints from the time when the log had about `index` entries, the smallest first. */
  readonly anchorsNear: (index: number) => Promise<readonly Anchor[]>
}

/** A shard: the index of its first entry among all entries of the side, and how many it has. Receipts count in their shard. */
export interface ShardOfSide {
  readonly start: number
  readonly size: number
}

/** A country's part, by its number and its time in milliseconds since the epoch. */
export interface PartBefore {
  readonly country: string
  readonly seq: number
  readonly timeMs: number
}

/** A checkpoint that a quorum cosigned: the log had `size` entries at this time, in milliseconds since the epoch. */
export interface Anchor {
  readonly size: number
  readonly timeMs: number
}

/** Makes a side of a log. Rejects with a LogDamagedError if the newest cosigned checkpoint is not of its tree. */
export async function sideOfLog(reader: LogReader | ChainedReader, isLive: boolean): Promise<Side> {
  const { name } = reader.log
  const all = 'shards' in reader ? reader.shards : [reader]
  const readers = new Map(all.map((shard) => [shard.head.checkpoint.origin, shard]))
  const { size } = reader.head.checkpoint
  const isDemanded = reader.policy.quorum !== 'none'
  return {
    name,
    size,
    isExport: false,
    isLive,
    entries: reader.entries,
    timesFrom: (index, count) => readTimes(reader.entries(index), count),
    shards: placeShards([...readers].map(([origin, { head }]) => [origin, head.checkpoint.size])),
    async checkpointAt(origin, at) {
      const root = await (readers.get(origin) ?? reader).root(at)
      return hash('sha256', formatCheckpoint({ origin, size: at, root }))
    },
    witnessed: await findWitnessedPart(reader),
    anchorsNear: isDemanded ? createAnchors(reader) : async () => [],
  }
}

/** Places shards one behind another, by their origins and sizes. */
export function placeShards(sizes: readonly (readonly [string, number])[]): Side['shards'] {
  let end = 0
  return new Map(
    sizes.map(([origin, size]) => {
      end += size
      return [origin, { start: end - size, size }]
    }),
  )
}

/** How many checkpoints of one file of the history are verified. Each takes some tenths of a millisecond. */
const ANCHORS_PER_FILE = 32

/** Reads some cosigned checkpoints of each file of the history, and keeps those of the last files. */
function createAnchors(reader: LogReader | ChainedReader): Side['anchorsNear'] {
  const read = new Map<string, Promise<readonly Anchor[]>>()
  return async (index) => {
    const isInShard = 'placeOf' in reader && index < reader.head.checkpoint.size
    const place = isInShard ? reader.placeOf(index) : { reader, index }
    const path = historyPath(place.index)
    const key = `${place.reader.log.name} ${path}`
    const anchors = read.get(key) ?? readAnchors(path, place.reader)
    read.set(key, anchors)
    const [oldest] = read.keys()
    if (read.size > 4 && oldest !== undefined) read.delete(oldest)
    // The checkpoints of a shard count its own entries.
    const start = index - place.index
    return (await anchors).map(({ size, timeMs }) => ({ size: start + size, timeMs }))
  }
}

async function readAnchors(path: string, reader: LogReader): Promise<readonly Anchor[]> {
  const { notes } = decodeNotes((await reader.source.read(path)) ?? new Uint8Array())
  // A note with one signature is only the log's own.
  const cosigned = notes.filter((note) => note.split('\n\u2014 ').length > 2)
  const step = Math.max(1, Math.ceil(cosigned.length / ANCHORS_PER_FILE))
  const picked = cosigned.filter((_, at) => (cosigned.length - 1 - at) % step === 0)
  const anchors = picked.flatMap((note) => {
    const found = newestInQuorum([note], reader)
    return found === undefined ? [] : [{ size: found.checkpoint.size, timeMs: found.timeMs }]
  })
  return anchors.sort((one, other) => one.size - other.size)
}
