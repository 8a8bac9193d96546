import { LRUCache } from 'lru-cache'
import { type Checkpoint, openCheckpoint } from '../note/checkpoint.ts'
import { NoteError, type NoteVerifier } from '../note/key.ts'
import { parseTlogProof, provesEntry } from '../note/tlog-proof.ts'

/** How many checkpoints are remembered. One covers all that a log committed at once. */
const REMEMBERED_CHECKPOINTS = 256

/** What a receipt proves. */
export interface ProvenEntry {
  readonly index: number
  /** The size of the checkpoint's tree. */
  readonly size: number
  /** The checkpoint's note, for whoever keeps it to compare later. */
  readonly checkpoint: string
}

/**
 * Checks the receipts of one log on an answer's path: the signature of each checkpoint once, the paths by hashing. What it gives
 * throws a NoteError where the receipt is malformed, is not of this log, or does not prove the entry's bytes.
 */
export function createReceiptChecker(log: NoteVerifier): (receipt: string, entry: Uint8Array) => ProvenEntry {
  const opened = new LRUCache<string, Checkpoint>({ max: REMEMBERED_CHECKPOINTS })
  return (receipt, entry) => {
    const proof = parseTlogProof(receipt)
    const checkpoint = opened.get(proof.checkpoint) ?? openCheckpoint(proof.checkpoint, log)
    opened.set(proof.checkpoint, checkpoint)
    if (!provesEntry(entry, proof, checkpoint)) throw new NoteError('the receipt does not prove this entry')
    return { index: proof.index, size: checkpoint.size, checkpoint: proof.checkpoint }
  }
}
