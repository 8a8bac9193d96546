/** Finds out from the witnesses whether a log was set back or rewritten since they last cosigned it. */
import type { Log } from '../log/log.ts'
import { isQuorum, type Policy } from '../note/policy.ts'
import { witnessEndpoints } from './collect.ts'
import { readWitnessedHistory, type WitnessedHistory } from './witnessed-history.ts'

/** Says how the operator gets out of it. */
const REMEDY =
  'Restore the newest copy of the log. If it is lost, begin a log with a new name (docs/operating.md, When an audit log is lost).'

/** The audit log is older than what its witnesses cosigned, or it is another one. */
export class LogSetBackError extends Error {
  override readonly name = 'LogSetBackError'

  constructor(origin: string, ours: number, histories: readonly WitnessedHistory[]) {
    const seen = histories.map(({ name, why }) => `the witness ${name}: ${why}`).join('; ')
    super(
      `the audit log ${origin} with its ${ours} entries was set back or rewritten. What came from ${seen}. ${REMEDY}`,
    )
  }
}

/** What {@link watchSetBack} works with. */
export interface SetBackOptions {
  /** The trust policy with the witnesses; null without one: then nobody is asked. */
  readonly policy: Policy | null
  /** Whether the log counts as set back also if a quorum of the witnesses says so without proof. One witness never suffices for that. */
  readonly believesQuorum: boolean
  /** What no longer happens when a witness proves it after the start, for the operator's log: `no answer leaves any more`. */
  readonly consequence: string
  /** The operator's log. */
  readonly log: Readonly<Record<'warn' | 'error', (facts: object, message: string) => void>>
}

/**
 * The comparison of a log with its witnesses, for one start of the log. An older copy of a log does not know what came after it, so nobody may go on with
 * it. Each witness is asked until it has answered once. Deadlines are in milliseconds, for all witnesses together.
 */
export interface SetBackWatch {
  /**
   * Asks the witnesses that have not answered yet, before the log's first entry.
   * @throws {LogSetBackError} if one of them proves that the log was set back, or, if that counts, a quorum of them says so.
   */
  readonly check: (entries: Log, deadlineMs: number) => Promise<void>
  /** Asks those that are still silent, while the log is written. Never rejects: the operator's log and {@link SetBackWatch.isSetBack} have what came of it. */
  readonly checkAgain: (entries: Log, deadlineMs: number) => Promise<void>
  /** Whether the log was found to be set back or rewritten. Nothing may be written any more. */
  readonly isSetBack: () => boolean
}

/** Creates the comparison. */
export function watchSetBack({ policy, believesQuorum, consequence, log }: SetBackOptions): SetBackWatch {
  let pending = policy === null ? [] : witnessEndpoints(policy)
  let isSetBack = false
  const claims = new Map<string, WitnessedHistory>()
  const warned = new Set<string>()

  const warn = ({ name, why }: WitnessedHistory, message: string): void => {
    if (!warned.has(name)) log.warn({ witness: name, why }, message)
    warned.add(name)
  }
  const check = async (entries: Log, deadlineMs: number): Promise<void> => {
    if (pending.length === 0) return
    const histories = await readWitnessedHistory({ entries, witnesses: pending, deadlineMs })
    const silent = histories.filter(({ kind }) => kind === 'UNREACHABLE')
    for (const each of silent)
      warn(each, 'the witness could not say whether the audit log was set back; it is asked again')
    const contradicting = histories.filter(({ kind }) => kind === 'AHEAD' || kind === 'FORKED')
    for (const each of contradicting) claims.set(each.name, each)
    const proofs = contradicting.filter(({ isProven }) => isProven)
    const isSaidByQuorum = believesQuorum && policy !== null && isSaidBy(policy, claims)
    if (proofs.length > 0 || isSaidByQuorum) {
      isSetBack = true
      const found = proofs.length > 0 ? proofs : [...claims.values()]
      throw new LogSetBackError(entries.origin, entries.size(), found)
    }
    for (const each of contradicting) warn(each, 'the witness says, without proof, that the audit log was set back')
    pending = pending.filter(({ name }) => silent.some((each) => each.name === name))
  }
  const checkAgain = async (entries: Log, deadlineMs: number): Promise<void> => {
    if (isSetBack) return
    try {
      await check(entries, deadlineMs)
    } catch (error) {
      const { name, message } = error as Error
      log.error({ error: name, reason: message }, `the audit log was set back; ${consequence}`)
    }
  }
  return { check, checkAgain, isSetBack: () => isSetBack }
}

/** Whether those who make a claim are a quorum. A trust policy that demands none has none. */
function isSaidBy(policy: Policy, claims: ReadonlyMap<string, WitnessedHistory>): boolean {
  return policy.quorum !== 'none' && claims.size > 0 && isQuorum(policy, new Set(claims.keys()))
}
