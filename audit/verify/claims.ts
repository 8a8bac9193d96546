import type { Finding } from '../finding.ts'
import { type Hash, isSameHash } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { hasRepeatedKeys, parseNote } from '../note/note.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy } from '../note/policy.ts'
import { createPlainNotes } from './plain-note.ts'
import type { FoundNote } from './read-history.ts'
import type { Report } from './source.ts'
import { createWitnessTally, type WitnessedHead } from './witness-tally.ts'

/**
 * Checks statements about the tree: the checkpoints of its history, and checkpoints that others have (from receipts or witnesses). All of
 * them are compared with one tree. If none fails, any two of them are consistent.
 *
 * What a signature proves decides whether it is verified:
 *
 * - A checkpoint with another root than the tree. The log's signature makes it the proof of a fork (`ROOT`); without a valid one, somebody
 *   else wrote it (`SIGNATURE`). It is verified.
 * - A checkpoint of more entries than the log has. The log's signature makes it the proof of a rollback. It is verified.
 * - Cosignatures. They prove how much of the log witnesses have seen. The newest are verified (witness-tally.ts).
 * - A checkpoint with the root that the tree has at that size. The log's signature proves nothing that the newest checkpoint does not prove
 *   too, because the newest root fixes all leaves and so all earlier roots. Here a wrong signature can hide nothing and add nothing. So only the
 *   first {@link MAX_PLAIN_SIGNATURES} of them are verified, and one in each history file. The others must still name a key of the log.
 */
export interface Claims {
  /** Checks one checkpoint, and reports what is wrong with it. `isLast`: it is the last one of its file. */
  readonly check: (found: FoundNote, isLast: boolean) => Promise<void>
  /** Checks the checkpoints that came before their leaves. The tree has all its leaves by now. */
  readonly finish: () => Promise<void>
  /** Returns the largest signed checkpoint of more entries than the log has, if there is one. */
  readonly beyond: () => { readonly size: number; readonly where: string } | undefined
  /** Returns the largest checkpoint so far that is right and has a quorum of witnesses. */
  readonly witnessed: () => WitnessedHead | undefined
  /** How many of the checkpoints have several signatures of one key ({@link hasRepeatedKeys}). They prove what they would prove with one. */
  readonly repeated: () => number
}

/** What {@link createClaims} works with. */
export interface ClaimsOptions {
  readonly policy: Policy
  /** The size in the log's checkpoint. */
  readonly size: number
  /** Returns the number of leaves that the tree has by now. */
  readonly walked: () => number
  /** Returns the root of the first `size` leaves, as they were walked along; undefined if it cannot be computed any more. */
  readonly rootOf: (size: number) => Promise<Hash | undefined> | Hash | undefined
  readonly report: Report
  /** How many signatures are verified that prove nothing new. The default is {@link MAX_PLAIN_SIGNATURES}. */
  readonly plainSignatures?: number
}

/** How many signatures of checkpoints with the right root are verified though they prove nothing new. They take about a second. */
const MAX_PLAIN_SIGNATURES = 5_000

/** How many checkpoints may stand in a history file before that of their size. A log writes none there. */
const MAX_EARLY = 10_000

/** How many wrong notes are remembered, so that a note that is in two files is reported once. */
const MAX_REPORTED = 1_000

/** Creates the check of checkpoints under a trust policy. */
export function createClaims(options: ClaimsOptions): Claims {
  const { policy, size: logSize, walked, rootOf, report, plainSignatures = MAX_PLAIN_SIGNATURES } = options
  const { verify, reportOnce } = createVerification(policy, report)
  const plain = createPlainNotes(policy)
  const early: FoundNote[] = []
  let beyond: { readonly size: number; readonly where: string } | undefined
  let [verified, repeated, isFinished] = [0, 0, false]
  const tally = createWitnessTally(policy, verify)

  /** Takes in a checkpoint of more leaves than the tree has by now. */
  const noteLarger = (found: FoundNote, { size }: Checkpoint): void => {
    if (size <= logSize && !isFinished && early.length < MAX_EARLY) early.push(found)
    else if (verify(found) !== undefined && size > Math.max(logSize, beyond?.size ?? 0))
      beyond = { size, where: found.where }
  }

  const reportRoot = (found: FoundNote, { size, root }: Checkpoint, came: Hash): void => {
    if (verify(found) === undefined) return
    const where = `checkpoint of size ${size} in ${found.where}`
    const tiles = `${formatBase64(came)} from the tiles`
    reportOnce(found.note, { kind: 'ROOT', where, expected: formatBase64(root), came: tiles })
  }

  const checkFully = async (found: FoundNote, isLast: boolean): Promise<void> => {
    const parsed = parse(found.note)
    // The reason why it cannot be parsed is in the finding of its verification.
    if (parsed === undefined) return void verify(found)
    const { checkpoint, signatures } = parsed
    if (hasRepeatedKeys(signatures)) repeated++
    if (checkpoint.size > walked()) return noteLarger(found, checkpoint)
    const root = await rootOf(checkpoint.size)
    if (root === undefined) return void verify(found)
    if (!isSameHash(root, checkpoint.root)) return reportRoot(found, checkpoint, root)
    const isChosen = isLast || verified++ < plainSignatures || !plain.isSignedBy(signatures, checkpoint)
    const checked = isChosen ? verify(found) : undefined
    if (!isChosen || checked !== undefined) tally.offer({ found, checkpoint, signatures, checked })
  }

  const check = async (found: FoundNote, isLast: boolean): Promise<void> => {
    const read = isLast ? undefined : plain.read(found.note)
    if (read === undefined || read.size > walked() || verified < plainSignatures) return checkFully(found, isLast)
    const root = await rootOf(read.size)
    if (root === undefined || formatBase64(root) !== read.root) return checkFully(found, isLast)
  }

  const finish = async (): Promise<void> => {
    isFinished = true
    for (const found of early) await check(found, false)
  }

  return { check, finish, beyond: () => beyond, witnessed: tally.witnessed, repeated: () => repeated }
}

/** Verifies signatures under a trust policy. A note that is in two files is reported once. */
function createVerification(policy: Policy, report: Report) {
  const reported = new Set<string>()
  const reportOnce = (note: string, finding: Finding): void => {
    if (reported.has(note)) return
    if (reported.size < MAX_REPORTED) reported.add(note)
    report(finding)
  }
  const verify = ({ note, where }: FoundNote): CheckedCheckpoint | undefined => {
    try {
      return checkCheckpoint(note, policy)
    } catch (error) {
      const expected = 'checkpoints that the log of the trust policy signed'
      reportOnce(note, { kind: 'SIGNATURE', where, expected, came: (error as Error).message })
      return undefined
    }
  }
  return { verify, reportOnce }
}

function parse(note: string) {
  try {
    const { text, signatures } = parseNote(note)
    return { checkpoint: parseCheckpoint(text), signatures }
  } catch {
    return undefined
  }
}
