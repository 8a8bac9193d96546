import { decodeNotes, historyPath } from '../log/history.ts'
import { parseCheckpoint } from '../note/checkpoint.ts'
import { parseNote } from '../note/note.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy } from '../note/policy.ts'
import type { LogSource } from './source.ts'

/** The size of a tree, and when a quorum of witnesses had cosigned it. */
interface CosignedHead {
  readonly size: number
  readonly timeMs: number
}

/** Between which cosignatures an entry was written, in milliseconds since 1970. A bound is undefined if no cosignature gives it. */
export interface CosignedBounds {
  /** Witnesses had cosigned a tree without the entry at this time. */
  readonly afterMs: number | undefined
  /** Witnesses had cosigned a tree with the entry at this time. */
  readonly beforeMs: number | undefined
}

/** Knows when witnesses cosigned a log. */
export interface CosignedTimes {
  /** Returns the bounds of an entry. The caller asks in the order of the indexes. Rejects with the errors of the source. */
  readonly around: (index: number) => Promise<CosignedBounds>
}

/** How many entries one file of the history covers (audit/log/history.ts). */
const ENTRIES_PER_FILE = 4_096

/** Of the checkpoints over so many entries, one is enough: an entry needs one checkpoint before it and one behind it. */
const ENTRIES_PER_HEAD = 256

/** How many checkpoints over the same 256 entries are tried. While a quorum is missing, all of them would fail. */
const MAX_TRIES = 8

/**
 * Reads from a log's history when witnesses cosigned it. It holds two files of the history in memory, and verifies at most one checkpoint for
 * 256 entries, so its cost does not depend on how often the log signed.
 * @param policy the trust policy, with the rotations of the log's key
 * @param latestMs cosignatures of a later time are ignored, because their witness has a wrong clock
 */
export function createCosignedTimes(source: LogSource, policy: Policy, latestMs: number): CosignedTimes {
  let heads: readonly CosignedHead[] = []
  let read = 0

  /** Reads the files of the history up to the one behind the file of the entry, and forgets what is far before the entry. */
  const advance = async (index: number): Promise<void> => {
    const until = Math.floor(index / ENTRIES_PER_FILE) + 2
    for (; read < until; read++) {
      const notes = await readNotes(source, read)
      heads = [...heads.slice(-2 * (ENTRIES_PER_FILE / ENTRIES_PER_HEAD)), ...pick(notes, policy, latestMs)].sort(
        (one, other) => one.size - other.size,
      )
    }
  }

  return {
    async around(index) {
      await advance(index)
      return {
        afterMs: heads.findLast(({ size }) => size <= index)?.timeMs,
        beforeMs: heads.find(({ size }) => size > index)?.timeMs,
      }
    },
  }
}

async function readNotes(source: LogSource, file: number): Promise<readonly string[]> {
  const [bytes, latest] = await Promise.all([
    source.read(historyPath(file * ENTRIES_PER_FILE)),
    file === 0 ? source.read('checkpoint') : undefined,
  ])
  return [
    ...(bytes === undefined ? [] : decodeNotes(bytes).notes),
    ...(latest === undefined ? [] : [Buffer.from(latest).toString('utf8')]),
  ]
}

/** Picks of every 256 entries the last checkpoint that a quorum cosigned. */
function pick(notes: readonly string[], policy: Policy, latestMs: number): readonly CosignedHead[] {
  const found = new Map<number, CosignedHead>()
  const tries = new Map<number, number>()
  for (const note of notes.toReversed()) {
    const size = sizeOf(note)
    // A note with only the signature of the log has no empty line before a second one.
    if (size === undefined || note.indexOf('\n— ') === note.lastIndexOf('\n— ')) continue
    const group = Math.floor(size / ENTRIES_PER_HEAD)
    const tried = tries.get(group) ?? 0
    if (found.has(group) || tried >= MAX_TRIES) continue
    tries.set(group, tried + 1)
    const complete = tryCheck(note, policy)?.quorumTimes?.complete
    if (complete !== undefined && complete * 1_000 <= latestMs) found.set(group, { size, timeMs: complete * 1_000 })
  }
  return [...found.values()]
}

function sizeOf(note: string): number | undefined {
  try {
    return parseCheckpoint(parseNote(note).text).size
  } catch {
    // `verifyLog` reports what is wrong with it.
    return undefined
  }
}

function tryCheck(note: string, policy: Policy): CheckedCheckpoint | undefined {
  try {
    return checkCheckpoint(note, policy)
  } catch {
    return undefined
  }
}
