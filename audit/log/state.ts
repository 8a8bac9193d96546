import { formatCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { signNote } from '../note/note.ts'
import type { GrowingTree } from './growing-tree.ts'
import type { LogStorage } from './storage.ts'

/** What an open log has in memory. Owned by `log.ts`; recovery makes it, commit and publication change it. */

/** A checkpoint that was signed. */
export interface SignedCheckpoint {
  readonly size: number
  /** The whole note. */
  readonly note: string
}

/** One journal file, up to where it is whole. */
export interface JournalFile {
  readonly path: string
  /** The index of the entry that it begins with. */
  readonly first: number
  length: number
}

/** Something that recovery put right, and which is no damage: what a crash leaves. */
export interface Repair {
  readonly kind: 'TORN_JOURNAL' | 'TORN_HISTORY' | 'REPLAYED'
  readonly where: string
  /** For people: what was there, and what was done. */
  readonly what: string
}

/** The state of an open log. */
export interface LogState {
  readonly storage: LogStorage
  readonly signer: NoteSigner
  readonly tree: GrowingTree
  /** The entries from `start` on, a multiple of 256: those whose bundle is not yet full on disk. */
  readonly tail: { start: number; entries: Uint8Array[] }
  /** The last checkpoint signed, which covers every acknowledged entry. */
  latest: SignedCheckpoint
  /** What the file `checkpoint` says. */
  published: SignedCheckpoint
  /** Checkpoints signed and not yet in the history, oldest first. */
  unrecorded: SignedCheckpoint[]
  journal: JournalFile[]
  /** How far the history files are whole, in bytes, by path; one that is not named is empty. */
  readonly historyLengths: Map<string, number>
}

/** Signs the tree as it stands. */
export function signTree(tree: GrowingTree, signer: NoteSigner): SignedCheckpoint {
  const size = tree.size()
  const text = formatCheckpoint({ origin: signer.verifier.name, size, root: tree.head() })
  return { size, note: signNote(text, [signer]) }
}
