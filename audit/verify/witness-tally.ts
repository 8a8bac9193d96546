import type { Checkpoint } from '../note/checkpoint.ts'
import type { NoteSignature } from '../note/note.ts'
import { type CheckedCheckpoint, isQuorum, type Policy } from '../note/policy.ts'
import type { FoundNote } from './read-history.ts'

/** The part of the log that a quorum of witnesses has cosigned: its first `size` entries. */
export interface WitnessedHead {
  readonly size: number
  /** When a quorum had cosigned it (audit/note/quorum.ts), in seconds since 1970. */
  readonly time: number
}

/**
 * Finds the largest checkpoint that a quorum of witnesses cosigned, without verifying each cosignature: a smaller checkpoint in quorum says
 * nothing that a larger one does not. It holds a few notes, and verifies them from the largest on until one is valid.
 */
export interface WitnessTally {
  /** Takes in a checkpoint whose root is the tree's. */
  readonly offer: (candidate: Candidate) => void
  /** Returns the largest one in quorum so far. */
  readonly witnessed: () => WitnessedHead | undefined
}

/** A checkpoint that may be in quorum. */
export interface Candidate {
  readonly found: FoundNote
  readonly checkpoint: Checkpoint
  readonly signatures: readonly NoteSignature[]
  /** The result of verifying it, if somebody did. */
  readonly checked: CheckedCheckpoint | undefined
}

/** How many notes wait for the verification of one of them. */
const MAX_WAITING = 256

/**
 * Creates the search.
 * @param verify verifies the signatures of a note. It reports a wrong one, and returns undefined for it.
 */
export function createWitnessTally(
  policy: Policy,
  verify: (found: FoundNote) => CheckedCheckpoint | undefined,
): WitnessTally {
  let waiting: Omit<Candidate, 'signatures'>[] = []
  let head: WitnessedHead | undefined

  const settle = (): void => {
    const all = waiting.sort((one, other) => other.checkpoint.size - one.checkpoint.size)
    waiting = []
    for (const { found, checkpoint, checked: known } of all) {
      const { size } = checkpoint
      if (head !== undefined && size < head.size) return
      const checked = known ?? verify(found)
      if (checked?.isInQuorum !== true) continue
      const time = checked.quorumTimes?.confirmed ?? 0
      head = { size, time: head?.size === size ? Math.max(time, head.time) : time }
    }
  }

  const offer = ({ found, checkpoint, signatures, checked }: Candidate): void => {
    if (head !== undefined && checkpoint.size < head.size) return
    const named = policy.witnesses.filter(({ verifier }) =>
      signatures.some(({ name, keyId }) => name === verifier.name && keyId === verifier.keyId),
    )
    if (!isQuorum(policy, new Set(named.map(({ name }) => name)))) return
    waiting.push({ found, checkpoint, checked })
    if (waiting.length >= MAX_WAITING) settle()
  }

  return {
    offer,
    witnessed: () => {
      settle()
      return head
    },
  }
}
