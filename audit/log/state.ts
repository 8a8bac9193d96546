import type { KeyObject } from 'node:crypto'
import { formatCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { signNote } from '../note/note.ts'
import type { KeyPeriod, KeyRotation } from '../note/rotation.ts'
import type { SaltStore } from '../salts/salts.ts'
import type { GrowingTree } from './growing-tree.ts'
import type { JournalHeader } from './journal-frames.ts'
import type { LogStorage } from './storage.ts'
import type { Tail } from './tail.ts'

/** The state that an open log has in memory. `log.ts` owns it, recovery creates it, and commit and publication change it. */

/** A checkpoint that the log signed. */
export interface SignedCheckpoint {
  readonly size: number
  /** The note: text and signatures. */
  readonly note: string
}

/** One journal file. */
export interface JournalFile {
  readonly path: string
  /** The index of the entry that it begins with. */
  readonly first: number
  /** Undefined if no frame may be added: the file has the form of version 0.2, or a crash left it without a header. */
  readonly header: JournalHeader | undefined
  /** Where the next frame begins, in bytes. */
  used: number
  /** The length of the file, in bytes. 0 if it does not exist yet. */
  allocated: number
  /** The key of its salts, when it has been needed. */
  key: KeyObject | undefined
  /** Where frames are encoded, when one has been. */
  room?: Buffer
}

/** Salts of one commit that are in the journal, but not yet in the store. An object for each would outlive the collections of young objects. */
export interface PendingSalts {
  /** What the store gets: their slots, one after another (../salts/slot.ts). */
  readonly slots: Uint8Array
  /** Whether they were found erased when the log was opened. */
  readonly isErased: boolean
  /** The journal file, and the offset of the first sealed salt in it. */
  readonly path: string
  readonly at: number
  /** The bytes from there to the end of the last sealed salt, if this process wrote them. */
  readonly written?: Uint8Array
}

/** One thing that recovery repaired. A crash leaves it, so it is not damage. */
export interface Repair {
  readonly kind: 'TORN_JOURNAL' | 'TORN_HISTORY' | 'REPLAYED' | 'KEY_ROTATED'
  readonly where: string
  /** What recovery did, for people. */
  readonly what: string
}

/** The state of an open log. */
export interface LogState {
  readonly storage: LogStorage
  /** The key in force. */
  readonly signer: NoteSigner
  /** The rotations of the log's key, oldest first. */
  readonly rotations: readonly KeyRotation[]
  /** Which key may sign which trees. */
  readonly periods: readonly KeyPeriod[]
  readonly tree: GrowingTree
  readonly tail: Tail
  /** The newest signed checkpoint. It covers each acknowledged entry. */
  latest: SignedCheckpoint
  /** The content of the file `checkpoint`. */
  published: SignedCheckpoint
  /** Checkpoints that are signed but not yet in the history, oldest first. */
  checkpointsForHistory: SignedCheckpoint[]
  journal: JournalFile[]
  /** The store of salts. Undefined if the log has none. */
  readonly salts: SaltStore | undefined
  /** The salts of the journal that the store does not have yet. */
  saltsToStore: PendingSalts[]
  /** The length of the complete frames of each history file, in bytes, by path. A file that is not in the map is empty. */
  readonly historyLengths: Map<string, number>
}

/** Signs a checkpoint of the tree's present state, with the key in force and, until its rotation is finished, with the key before it. */
export function signTree(tree: GrowingTree, signer: NoteSigner): SignedCheckpoint {
  const { previous } = signer
  const size = tree.size()
  const text = formatCheckpoint({ origin: signer.verifier.name, size, root: tree.head() })
  return { size, note: signNote(text, previous === undefined ? [signer] : [signer, previous]) }
}
