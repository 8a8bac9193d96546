import { hash } from 'node:crypto'
import { throwDamaged } from '../../../audit/finding.ts'
import { decodeNotes, historyPath, historyPaths } from '../../../audit/log/history.ts'
import { isSameHash } from '../../../audit/merkle/hash.ts'
import { formatBase64 } from '../../../audit/note/base64.ts'
import { formatCheckpoint } from '../../../audit/note/checkpoint.ts'
import { type CheckedCheckpoint, checkCheckpoint, isQuorum, type Policy } from '../../../audit/note/policy.ts'
import { readTimes } from '../../../audit/reader/find-by-time.ts'
import type { LogReader } from '../../../audit/reader/log-reader.ts'
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
  /** Returns the SHA-256 of the text of the checkpoint of a size, which receipts name; null if the side does not know its tree. */
  readonly checkpointAt: ((size: number) => Promise<string>) | null
  readonly witnessed: WitnessedPart
  /** Of an export: the country's part before its first one, by which it proves where it begins; null or absent without. */
  readonly before?: PartBefore | null
  /** Returns some cosigned checkpoints from the time when the log had about `index` entries, the smallest first. */
  readonly anchorsNear: (index: number) => Promise<readonly Anchor[]>
}

/** A country's part, by its number and its time in milliseconds since the epoch. */
export interface PartBefore {
  readonly country: string
  readonly seq: number
  readonly timeMs: number
}

/** Which part of a log a quorum of witnesses has cosigned. */
export interface WitnessedPart {
  /** Whether the trust policy demands a quorum. */
  readonly isDemanded: boolean
  /** The first `size` entries are cosigned. */
  readonly size: number
  /** When the quorum was complete, in milliseconds since the epoch; null if it never was. */
  readonly timeMs: number | null
}

/** A checkpoint that a quorum cosigned: the log had `size` entries at this time, in milliseconds since the epoch. */
export interface Anchor {
  readonly size: number
  readonly timeMs: number
}

/** Makes a side of a log. Rejects with a LogDamagedError if the newest cosigned checkpoint is not of its tree. */
export async function sideOfLog(reader: LogReader, isLive: boolean): Promise<Side> {
  const { name } = reader.log
  const { size } = reader.head.checkpoint
  const isDemanded = reader.policy.quorum !== 'none'
  return {
    ...{ name, size, isExport: false, isLive, entries: reader.entries },
    timesFrom: (index, count) => readTimes(reader.entries(index), count),
    async checkpointAt(at) {
      const root = await reader.root(at)
      return hash('sha256', formatCheckpoint({ origin: name, size: at, root }))
    },
    witnessed: isDemanded ? await findWitnessedPart(reader) : { isDemanded, size, timeMs: null },
    anchorsNear: isDemanded ? createAnchors(reader) : async () => [],
  }
}

/** Returns when a quorum was complete, in milliseconds since the epoch; undefined if it is not. A single wrong clock does not move it far. */
export function quorumTimeMs(policy: Policy, { cosignatures, isInQuorum }: CheckedCheckpoint): number | undefined {
  if (!isInQuorum) return undefined
  const names = new Set<string>()
  for (const { witness, time } of [...cosignatures].sort((one, other) => one.time - other.time)) {
    names.add(witness.name)
    if (isQuorum(policy, names)) return time * 1_000
  }
  return undefined
}

async function findWitnessedPart(reader: LogReader): Promise<WitnessedPart> {
  const { head, policy, source } = reader
  const now = quorumTimeMs(policy, head)
  if (now !== undefined) return { isDemanded: true, size: head.checkpoint.size, timeMs: now }
  for (const path of [...historyPaths(head.checkpoint.size)].reverse()) {
    const found = newestAnchor(decodeNotes((await source.read(path)) ?? new Uint8Array()).notes, reader)
    if (found === undefined) continue
    const { root, size } = found.checkpoint
    const came = await reader.root(size)
    if (!isSameHash(root, came)) {
      throwDamaged('ROOT', `cosigned checkpoint of size ${size}`, formatBase64(root), formatBase64(came))
    }
    return { isDemanded: true, size, timeMs: found.timeMs }
  }
  return { isDemanded: true, size: 0, timeMs: null }
}

function newestAnchor(notes: readonly string[], { policy, head, log }: LogReader) {
  for (const note of [...notes].reverse()) {
    try {
      const checked = checkCheckpoint(note, policy)
      const timeMs = quorumTimeMs(policy, checked)
      const { checkpoint } = checked
      if (timeMs === undefined || checkpoint.origin !== log.name || checkpoint.size > head.checkpoint.size) continue
      return { checkpoint, timeMs }
    } catch {
      // `verify` reports what is wrong with it. Here it just proves nothing.
    }
  }
  return undefined
}

/** How many checkpoints of one file of the history are verified. Each takes some tenths of a millisecond. */
const ANCHORS_PER_FILE = 32

/** Reads some cosigned checkpoints of each file of the history, and keeps those of the last files. */
function createAnchors(reader: LogReader): Side['anchorsNear'] {
  const read = new Map<string, Promise<readonly Anchor[]>>()
  return (index) => {
    const path = historyPath(index)
    const anchors = read.get(path) ?? readAnchors(path, reader)
    read.set(path, anchors)
    const [oldest] = read.keys()
    if (read.size > 4 && oldest !== undefined) read.delete(oldest)
    return anchors
  }
}

async function readAnchors(path: string, reader: LogReader): Promise<readonly Anchor[]> {
  const { notes } = decodeNotes((await reader.source.read(path)) ?? new Uint8Array())
  // A note with one signature is only the log's own.
  const cosigned = notes.filter((note) => note.split('\n\u2014 ').length > 2)
  const step = Math.max(1, Math.ceil(cosigned.length / ANCHORS_PER_FILE))
  const picked = cosigned.filter((_, at) => (cosigned.length - 1 - at) % step === 0)
  const anchors = picked.flatMap((note) => {
    const found = newestAnchor([note], reader)
    return found === undefined ? [] : [{ size: found.checkpoint.size, timeMs: found.timeMs }]
  })
  return anchors.sort((one, other) => one.size - other.size)
}
