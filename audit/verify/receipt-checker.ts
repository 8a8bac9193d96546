import { LRUCache } from 'lru-cache'
import type { Checkpoint } from '../note/checkpoint.ts'
import { NoteError, type NoteVerifier } from '../note/key.ts'
import { followRotations, type KeyPeriod, type KeyRotation, openLogCheckpoint } from '../note/rotation.ts'
import { periodIn, shardVerifier } from '../note/shard-name.ts'
import { parseTlogProof, provesEntry } from '../note/tlog-proof.ts'

/** How many verified checkpoints stay cached. One checkpoint covers all entries of a commit. */
const MAX_CACHED_CHECKPOINTS = 256

/** The place of an entry that a receipt proves. */
export interface ProvenEntry {
  readonly index: number
  /** The origin of the log or of its shard. */
  readonly origin: string
  /** The size of the checkpoint's tree. */
  readonly size: number
  /** The checkpoint's note, which can be stored and compared later. */
  readonly checkpoint: string
}

/**
 * Creates a function that checks the receipts of one log while an answer waits. It verifies the signature of each checkpoint only
 * once, and the inclusion proof of each receipt.
 * @param log a key of the log. A shard of the log has the same key under its own origin
 * @param rotations all rotations of the log's key, oldest first
 * @returns the function. It throws a NoteError if the receipt is malformed, is not from this log, or does not prove the entry.
 * @throws {NoteError} if the rotations do not lead to the key.
 */
export function createReceiptChecker(
  log: NoteVerifier,
  rotations: readonly KeyRotation[] = [],
): (receipt: string, entry: Uint8Array) => ProvenEntry {
  const periodsByOrigin = new Map([[log.name, followRotations([log], rotations)]])
  /** Returns the keys of the log or of one of its shards. A foreign origin gets the log's own keys, which did not sign it. */
  const periodsOf = (origin: string): readonly KeyPeriod[] => {
    const period = periodIn(origin, log.name)
    if (typeof period !== 'string') return periodsByOrigin.get(log.name) ?? []
    const periods = periodsByOrigin.get(origin) ?? followRotations([shardVerifier(log, period)], [])
    if (periodsByOrigin.size < MAX_CACHED_CHECKPOINTS) periodsByOrigin.set(origin, periods)
    return periods
  }
  const opened = new LRUCache<string, Checkpoint>({ max: MAX_CACHED_CHECKPOINTS })
  return (receipt, entry) => {
    const proof = parseTlogProof(receipt)
    const origin = proof.checkpoint.slice(0, proof.checkpoint.indexOf('\n'))
    const checkpoint = opened.get(proof.checkpoint) ?? openLogCheckpoint(proof.checkpoint, periodsOf(origin))
    opened.set(proof.checkpoint, checkpoint)
    if (!provesEntry(entry, proof, checkpoint)) throw new NoteError('the receipt does not prove this entry')
    return { index: proof.index, origin, size: checkpoint.size, checkpoint: proof.checkpoint }
  }
}
