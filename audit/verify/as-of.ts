import type { Finding } from '../finding.ts'
import { isSameHash } from '../merkle/hash.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { parseNote } from '../note/note.ts'
import { type CheckedCheckpoint, checkCheckpoint, isQuorum, type Policy } from '../note/policy.ts'
import type { CosignedSize } from '../witness/cosigned-sizes.ts'
import type { WitnessAnswer } from './ask-witnesses.ts'
import { formatTime, NO_WITNESSES, type WitnessJudgement } from './judge-witnesses.ts'
import type { FoundNote } from './read-history.ts'

/**
 * Judges an older copy of a log: whether it was the whole log at its size, or at a time. What witnesses cosigned later does not count as a rollback. It does
 * not say that the log of today continues the copy.
 */

/** The point that a reader asks about. `size`: how many entries the copy must have. `timeS`: in seconds since 1970. */
export type AsOf = { readonly size: number } | { readonly timeS: number }

/** Leaves out the checkpoints that are larger than the copy: they came later. */
export function withoutLater(found: readonly FoundNote[], size: number): readonly FoundNote[] {
  return found.filter(({ note }) => (sizeOf(note) ?? 0) <= size)
}

function sizeOf(note: string): number | undefined {
  try {
    return parseCheckpoint(parseNote(note).text).size
  } catch {
    return undefined
  }
}

/** What {@link judgeAsOf} needs to know. */
export interface CopiedLog {
  readonly policy: Policy
  /** The checkpoint of the copy; undefined if it does not hold. */
  readonly head: CheckedCheckpoint | undefined
  readonly answers: readonly WitnessAnswer[]
  /** Checkpoints of this log that somebody else knows. */
  readonly elsewhere: readonly FoundNote[]
  /** The witnesses that the reader demands. */
  readonly required: readonly string[]
}

/**
 * Judges whether a copy was the whole log at a time: a quorum had cosigned it by then, a quorum says what it had cosigned by then, and none of them
 * had cosigned more.
 * @throws {Error} if the copy has another size than the one that the reader asks of.
 */
export async function judgeAsOf(asOf: AsOf, log: CopiedLog): Promise<Partial<WitnessJudgement>> {
  const { policy, head, answers, elsewhere, required } = log
  // What is wrong with a checkpoint that does not hold is a finding already.
  if (head === undefined) return {}
  const { size } = head.checkpoint
  if ('size' in asOf) {
    if (asOf.size === size) return {}
    throw new Error(`expected a copy of ${asOf.size} entries for --as-of; this one has ${size}`)
  }
  const { timeS } = asOf
  const known = await Promise.all(answers.map((answer) => readKnowledge(answer, head.checkpoint, timeS, policy)))
  const before = head.cosignatures.filter(({ time }) => time <= timeS).map(({ witness }) => witness.name)
  const seen = known.flatMap(({ name, hadCosigned }) => (hadCosigned ? [name] : []))
  const told = known.flatMap(({ name, isTold }) => (isTold ? [name] : []))
  const more = [
    ...known.flatMap(({ more: each }) => each ?? []),
    ...listMore(elsewhere, head.checkpoint, timeS, policy),
  ]
  const isSure = new Set(more.map(({ name }) => name)).size > 1 || more.some(({ name }) => required.includes(name))
  const larger = more.map(({ name, size: came, time }): Finding => {
    const expected = `at most the ${size} entries of this copy by ${formatTime(timeS)}`
    return { kind: 'ROLLBACK', where: `witness ${name}`, expected, came: `${came} entries, ${formatTime(time)}` }
  })
  return {
    findings: isSure ? larger : [],
    doubts: [
      ...(isSure ? [] : larger),
      ...demandQuorum(
        'NO_QUORUM',
        `a quorum that had cosigned the ${size} entries by ${formatTime(timeS)}`,
        [...before, ...seen],
        policy,
      ),
      ...demandQuorum('NOT_ASKED', `a quorum that says what it had cosigned by ${formatTime(timeS)}`, told, policy),
    ],
  }
}

function demandQuorum(
  kind: Finding['kind'],
  expected: string,
  names: readonly string[],
  policy: Policy,
): readonly Finding[] {
  const all = new Set(names)
  // Without witnesses nothing has a time: the owner of the log's key could have written the copy today.
  if (policy.quorum === 'none') return [{ kind, where: 'witnesses', expected, came: NO_WITNESSES }]
  if (isQuorum(policy, all)) return []
  return [{ kind, where: 'witnesses', expected, came: all.size === 0 ? 'none' : [...all].join(', ') }]
}

/** A witness had cosigned more than the copy has. */
interface More {
  readonly name: string
  readonly size: number
  readonly time: number
}

/** What one witness knows of the time in question. */
interface Knowledge {
  readonly name: string
  /** Whether it had cosigned exactly this copy. */
  readonly hadCosigned: boolean
  /** Whether it says all that it had cosigned by then. */
  readonly isTold: boolean
  readonly more?: More
}

async function readKnowledge(
  { name, kind, note = '', cosigned }: WitnessAnswer,
  head: Checkpoint,
  timeS: number,
  policy: Policy,
): Promise<Knowledge> {
  if (kind !== 'SERVED') return { name, hadCosigned: false, isTold: false }
  const records: CosignedSize[] = []
  for await (const page of cosigned()) records.push(...page)
  const served = tryCheck(note, policy)
  const last = served?.checkpoint.size ?? 0
  const own = served?.cosignatures.find(({ witness }) => witness.name === name)
  const all = [...records, ...(own === undefined ? [] : [{ size: last, time: own.time }])]
  const larger = all.find(({ size, time }) => size > head.size && time <= timeS)
  const isComplete = records.some(({ size }) => size >= last)
  return {
    name,
    hadCosigned: records.some(
      ({ size, time, root }) => size === head.size && time <= timeS && isSameHash(root, head.root),
    ),
    isTold: isComplete || last <= head.size || larger !== undefined,
    ...(larger !== undefined && { more: { name, size: larger.size, time: larger.time } }),
  }
}

/** Lists who had cosigned more than the copy has, by checkpoints that others know. */
function listMore(elsewhere: readonly FoundNote[], head: Checkpoint, timeS: number, policy: Policy): readonly More[] {
  return elsewhere.flatMap(({ note }) => {
    const checked = tryCheck(note, policy)
    if (checked === undefined || checked.checkpoint.origin !== head.origin) return []
    const { size } = checked.checkpoint
    if (size <= head.size) return []
    return checked.cosignatures.flatMap(({ witness: { name }, time }) => (time <= timeS ? [{ name, size, time }] : []))
  })
}

function tryCheck(note: string, policy: Policy): CheckedCheckpoint | undefined {
  try {
    return checkCheckpoint(note, policy)
  } catch {
    return undefined
  }
}
