import type { Finding } from '../finding.ts'
import { isSameHash } from '../merkle/hash.ts'
import { NoteError } from '../note/key.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withRotations } from '../note/policy.ts'
import type { KeyRotation } from '../note/rotation.ts'
import type { FoundNote } from './read-history.ts'

/** Finds checkpoints of one log that contradict each other, although a key of the log signed both. */

/** Two checkpoints of one log that contradict each other. Both are signed by the log, so they prove it to anybody. */
export interface SplitView {
  readonly origin: string
  readonly size: number
  readonly here: FoundNote
  readonly elsewhere: FoundNote
}

/** A checkpoint that somebody else knows. `rotations`: those of the copy of the log in which it stands; absent if it is in none. */
export interface ToldNote extends FoundNote {
  readonly rotations?: readonly KeyRotation[]
}

/** A checkpoint, with the trust policy under which its signature is right. */
interface SignedNote extends FoundNote {
  readonly keys: Policy
}

/** What is told of a log, by whether its keys signed it. */
export interface SortedNotes {
  /** Checkpoints that the log signed with the keys that it has here. */
  readonly own: readonly FoundNote[]
  /**
   * Checkpoints that another copy of the log signed with the keys that it has there: the two copies replaced the key in two ways. To whoever trusts the key
   * before, both are this log.
   */
  readonly otherKeys: readonly SignedNote[]
  /** Notes about checkpoints of this name that none of these keys signed. Anybody can write one, so they say nothing against the log. */
  readonly notes: readonly Finding[]
}

/**
 * Sorts what somebody told of logs, and leaves out other logs.
 * @param policy the trust policy with the rotations of the log's key, as they are here
 * @param trusted the same without them
 * @param readOrigin reads the origin of a note without any check
 */
export function sortTold(
  told: readonly ToldNote[],
  { policy, trusted, origin }: { readonly policy: Policy; readonly trusted: Policy; readonly origin: string },
  readOrigin: (note: string) => string | undefined,
): SortedNotes {
  const own: FoundNote[] = []
  const otherKeys: SignedNote[] = []
  const notes: Finding[] = []
  for (const found of told.filter(({ note }) => readOrigin(note) === origin)) {
    const checked = tryCheck(found.note, policy)
    const keys =
      typeof checked === 'string' && found.rotations !== undefined ? follow(trusted, found.rotations) : undefined
    if (typeof checked !== 'string') own.push(found)
    else if (keys !== undefined && typeof tryCheck(found.note, keys) !== 'string') {
      otherKeys.push({ note: found.note, where: found.where, keys })
    } else {
      const expected = 'a checkpoint that a key of this log in force signed; this one does not count'
      notes.push({ kind: 'SIGNATURE', where: found.where, expected, came: checked })
    }
  }
  return { own, otherKeys, notes }
}

function follow(trusted: Policy, rotations: readonly KeyRotation[]): Policy | undefined {
  try {
    return withRotations(trusted, rotations)
  } catch (error) {
    if (error instanceof NoteError) return undefined
    throw error
  }
}

/** What the checkpoints are compared with. */
export interface ComparedLog {
  readonly policy: Policy
  readonly origin: string
  readonly size: number
  readonly rootOf: (size: number) => Promise<Uint8Array>
  /** The log's own checkpoint, as a note. */
  readonly head: string
}

/** Finds checkpoints that the log signed and that contradict its tree, or one another. */
export async function findSplits(
  { policy, origin, size, rootOf, head }: ComparedLog,
  elsewhere: readonly (FoundNote | SignedNote)[],
): Promise<readonly SplitView[]> {
  const here = { note: head, where: 'checkpoint' }
  const splits: SplitView[] = []
  const seen = new Map<number, { readonly root: Uint8Array; readonly found: FoundNote }>()
  for (const { note, where, ...rest } of elsewhere) {
    const found = { note, where }
    const checked = tryCheck(note, 'keys' in rest ? rest.keys : policy)
    if (typeof checked === 'string' || checked.checkpoint.origin !== origin) continue
    const { checkpoint } = checked
    const before = seen.get(checkpoint.size)
    const root = checkpoint.size <= size ? await rootOf(checkpoint.size).catch(() => undefined) : before?.root
    if (root !== undefined && !isSameHash(root, checkpoint.root)) {
      const contradicted = checkpoint.size <= size ? here : (before?.found ?? here)
      splits.push({ origin, size: checkpoint.size, here: contradicted, elsewhere: found })
    }
    seen.set(checkpoint.size, { root: checkpoint.root, found })
  }
  return splits
}

/** Checks a checkpoint. Returns why it does not hold, if it does not. */
function tryCheck(note: string, policy: Policy): CheckedCheckpoint | string {
  try {
    return checkCheckpoint(note, policy)
  } catch (error) {
    return (error as Error).message
  }
}
