import { throwDamaged } from '../finding.ts'
import { decodeNotes, historyPaths } from '../log/history.ts'
import { isSameHash } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import { checkCheckpoint } from '../note/policy.ts'
import type { ChainedReader } from './chain-reader.ts'
import type { LogReader } from './log-reader.ts'

/** Finds how much of a log the quorum of its trust policy has cosigned. The rest only the owner of the log's key vouches for. */

/** Which part of a log a quorum of witnesses has cosigned. */
export interface WitnessedPart {
  /** Whether the trust policy demands a quorum. */
  readonly isDemanded: boolean
  /** The first `size` entries are cosigned. */
  readonly size: number
  /** When the quorum was complete, in milliseconds since the epoch; null if it never was. */
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
  const now = head.quorumTimes?.complete
  if (now !== undefined) return { size: head.checkpoint.size, timeMs: now * 1_000 }
  for (const path of [...historyPaths(head.checkpoint.size)].reverse()) {
    const found = newestInQuorum(decodeNotes((await source.read(path)) ?? new Uint8Array()).notes, reader)
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
export function newestInQuorum(
  notes: readonly string[],
  { policy, head, log }: LogReader,
): { readonly checkpoint: Checkpoint; readonly timeMs: number } | undefined {
  for (const note of [...notes].reverse()) {
    try {
      const { checkpoint, quorumTimes } = checkCheckpoint(note, policy)
      if (quorumTimes === undefined || checkpoint.origin !== log.name || checkpoint.size > head.checkpoint.size)
        continue
      return { checkpoint, timeMs: quorumTimes.complete * 1_000 }
    } catch {
      // `verify` reports what is wrong with it. Here it just proves nothing.
    }
  }
  return undefined
}
