/** Finds out from the witnesses whether the audit log was set back or rewritten since they last cosigned it. */
import type { Logger } from 'pino'
import type { Log } from '../../audit/log/log.ts'
import { isQuorum, type Policy } from '../../audit/note/policy.ts'
import { witnessEndpoints } from '../../audit/witness/collect.ts'
import { readWitnessedHistory, type WitnessedHistory } from '../../audit/witness/witnessed-history.ts'

/** Says how the operator gets out of it. */
const REMEDY =
  'Restore the newest copy of the log. If it is lost, begin a log with a new name (docs/operating.md, When an audit log is lost).'

/** The audit log is older than what its witnesses cosigned, or it is another one. */
export class LogRolledBackError extends Error {
  override readonly name = 'LogRolledBackError'

  constructor(origin: string, ours: number, histories: readonly WitnessedHistory[]) {
    const seen = histories.map(({ name, why }) => `the witness ${name}: ${why}`).join('; ')
    super(
      `the audit log ${origin} with its ${ours} entries was set back or rewritten. What came from ${seen}. ${REMEDY}`,
    )
  }
}

/** The comparison of a log with its witnesses. Each witness is asked until it has answered once. */
export interface RollbackCheck {
  /**
   * Asks the witnesses that have not answered yet.
   * @throws {LogRolledBackError} if one of them proves that the log was set back, or a quorum of them says so.
   */
  readonly check: (entries: Log, deadlineMs: number) => Promise<void>
  /** Whether some have not answered yet. */
  readonly isPending: () => boolean
}

/** Creates the comparison for one start of the log. */
export function createRollbackCheck(policy: Policy, log: Pick<Logger, 'warn'>): RollbackCheck {
  let pending = witnessEndpoints(policy)
  const claims = new Map<string, WitnessedHistory>()
  let isFirst = true

  const check = async (entries: Log, deadlineMs: number): Promise<void> => {
    if (pending.length === 0) return
    const histories = await readWitnessedHistory({ entries, witnesses: pending, deadlineMs })
    const proven = histories.filter(({ kind, isProven }) => isProven && (kind === 'AHEAD' || kind === 'FORKED'))
    if (proven.length > 0) throw new LogRolledBackError(entries.origin, entries.size(), proven)
    for (const history of histories) if (history.kind === 'AHEAD') claims.set(history.name, history)
    if (policy.quorum !== 'none' && claims.size > 0 && isQuorum(policy, new Set(claims.keys()))) {
      throw new LogRolledBackError(entries.origin, entries.size(), [...claims.values()])
    }
    const silent = histories.filter(({ kind }) => kind === 'UNREACHABLE').map(({ name }) => name)
    pending = pending.filter(({ name }) => silent.includes(name))
    if (isFirst) warn(histories, log)
    isFirst = false
  }
  return { check, isPending: () => pending.length > 0 }
}

function warn(histories: readonly WitnessedHistory[], log: Pick<Logger, 'warn'>): void {
  for (const { name, kind, why } of histories) {
    if (kind === 'UNREACHABLE') {
      const meaning = 'the witness could not say whether the audit log was set back; it is asked again when it answers'
      log.warn({ witness: name, why }, meaning)
    }
    if (kind === 'AHEAD')
      log.warn({ witness: name, why }, 'the witness says, without proof, that the audit log was set back')
  }
}
