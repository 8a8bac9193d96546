import { LRUCache } from 'lru-cache'
import type { Checkpoint } from '../note/checkpoint.ts'
import { NoteError, type NoteVerifier } from '../note/key.ts'
import { type KeyPeriod, type KeyRotation, openLogCheckpoint } from '../note/rotation.ts'
import { shardKeys } from '../note/shard-keys.ts'
import { parseTlogProof, provesEntry } from '../note/tlog-proof.ts'

/** How many verified checkpoints stay cached. One checkpoint covers all entries of a commit. */
const MAX_CACHED_CHECKPOINTS = 256

/** How many shards' keys stay cached. Receipts come from the present one. */
const MAX_CACHED_SHARDS = 4

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
  const byOrigin = new LRUCache<string, readonly KeyPeriod[]>({ max: MAX_CACHED_SHARDS })
  /** Returns the keys of the log or of one of its shards; none for another origin. */
  const keysOf = (origin: string): readonly KeyPeriod[] => {
    const keys = byOrigin.get(origin) ?? shardKeys([log], rotations, origin)
    byOrigin.set(origin, keys)
    return keys
  }
  keysOf(log.name)
  const opened = new LRUCache<string, Checkpoint>({ max: MAX_CACHED_CHECKPOINTS })
  return (receipt, entry) => {
    const proof = parseTlogProof(receipt)
    const origin = proof.checkpoint.slice(0, proof.checkpoint.indexOf('\n'))
    const checkpoint = opened.get(proof.checkpoint) ?? openLogCheckpoint(proof.checkpoint, keysOf(origin))
    opened.set(proof.checkpoint, checkpoint)
    if (!provesEntry(entry, proof, checkpoint)) throw new NoteError('the receipt does not prove this entry')
    return { index: proof.index, origin, size: checkpoint.size, checkpoint: proof.checkpoint }
  }
}
