import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { hashLeaf } from '../merkle/hash.ts'
import { createInclusionCheck, type InclusionCheck } from '../merkle/proof.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import { NoteError, type NoteVerifier } from '../note/key.ts'
import { type KeyPeriod, type KeyRotation, openLogCheckpoint } from '../note/rotation.ts'
import { shardKeys } from '../note/shard-name.ts'
import { formatPath, type TlogProof, type UnreadProof } from '../note/tlog-proof.ts'

/** How many verified checkpoints stay cached, each with nodes of its tree. One checkpoint covers all entries of a commit. */
const MAX_CACHED_CHECKPOINTS = 64

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
  /** SHA-256 of the text that the checkpoint's signatures are of, in hexadecimal digits. */
  readonly checkpointHash: string
  /** The entry's hash as a leaf of the tree, in hexadecimal digits. */
  readonly leaf: string
}

/** Whether the checkpoint of a proof is a text, or has one character for each byte of the text in UTF-8. */
export type NoteEncoding = 'utf8' | 'latin1'

/** A checkpoint whose signature is verified. */
interface Opened extends Checkpoint {
  readonly note: string
  readonly hash: string
  readonly tree: InclusionCheck
}

/**
 * Creates a function that checks the receipts of one log while an answer waits. It verifies the signature of each checkpoint only
 * once, and the inclusion proof of each receipt.
 * @param log a key of the log. A shard of the log has the same key under its own origin
 * @param rotations all rotations of the log's key, oldest first
 * @returns the function. It takes a proof, its entry, and how the checkpoint in the proof is written. It throws a NoteError if the receipt is not from this log, or does not prove the entry.
 * @throws {NoteError} if the rotations do not lead to the key.
 */
export function createReceiptChecker(
  log: NoteVerifier,
  rotations: readonly KeyRotation[] = [],
): (proof: TlogProof | UnreadProof, entry: Uint8Array, encoding?: NoteEncoding) => ProvenEntry {
  const byOrigin = new LRUCache<string, readonly KeyPeriod[]>({ max: MAX_CACHED_SHARDS })
  /** Returns the keys of the log or of one of its shards; none for another origin. */
  const keysOf = (origin: string): readonly KeyPeriod[] => {
    const keys = byOrigin.get(origin) ?? shardKeys([log], rotations, origin)
    byOrigin.set(origin, keys)
    return keys
  }
  keysOf(log.name)
  // By the bytes of the note, with one character for each.
  const opened = new LRUCache<string, Opened>({ max: MAX_CACHED_CHECKPOINTS })
  const open = (bytes: string): Opened => {
    const known = opened.get(bytes)
    if (known !== undefined) return known
    const note = Buffer.from(bytes, 'latin1').toString('utf8')
    const checkpoint = openLogCheckpoint(note, keysOf(note.slice(0, note.indexOf('\n'))))
    const tree = createInclusionCheck(checkpoint)
    // The signatures hold, so it is a note: a text, an empty line and signature lines.
    const made = { ...checkpoint, note, hash: hash('sha256', note.slice(0, note.lastIndexOf('\n\n') + 1)), tree }
    opened.set(bytes, made)
    return made
  }
  return (proof, entry, encoding = 'utf8') => {
    const { index, checkpoint } = proof
    const {
      origin,
      note,
      size,
      tree,
      hash: checkpointHash,
    } = open(encoding === 'latin1' ? checkpoint : Buffer.from(checkpoint).toString('latin1'))
    const leaf = hashLeaf(entry)
    const path = 'path' in proof ? proof.path : formatPath(proof.hashes)
    if (!tree.includes(leaf, index, path)) throw new NoteError('the receipt does not prove this entry')
    return { index, origin, size, checkpoint: note, checkpointHash, leaf: Buffer.from(leaf).toString('hex') }
  }
}
