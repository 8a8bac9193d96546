import type { Logger } from 'pino'
import type { Log } from '../../audit/log/log.ts'
import type { Policy } from '../../audit/note/policy.ts'
import { witnessEndpoints } from '../../audit/witness/collect.ts'
import { readWitnessedHistory, type WitnessedHistory } from '../../audit/witness/witnessed-history.ts'
import { doRegularly } from '../../service/audit-log/regular-work.ts'
import { ConfigError } from '../../service/config-error.ts'

/** How long the witnesses have to say what they cosigned last, in milliseconds. */
const DEADLINE_MS = 2_000

/** How often those that have not answered yet are asked again, in milliseconds. */
const ASK_EVERY_MS = 5_000

/**
 * Compares the log with what its witnesses cosigned last. An older copy of the log does not know what was revoked or suspended since, so an authority that
 * went on with it would give tokens on mandates that have ended. Each witness is asked until it has answered once.
 */
export interface SetBackWatch {
  /**
   * Asks the witnesses that have not answered yet.
   * @throws {ConfigError} with the remedy, if one of them proves that the log was set back or rewritten.
   */
  readonly check: (entries: Log) => Promise<void>
  /** Asks again, in the background, those that are silent. Returns what ends it. */
  readonly follow: (entries: Log) => () => Promise<void>
  /** Whether a witness has proved that the log was set back or rewritten. Nothing may be written any more. */
  readonly isSetBack: () => boolean
}

/**
 * Creates the comparison for one start of the log.
 * @param policy the trust policy with the witnesses; null without one: then nobody is asked.
 */
export function watchSetBack(policy: Policy | null, log: Pick<Logger, 'warn' | 'error'>): SetBackWatch {
  let pending = policy === null ? [] : witnessEndpoints(policy)
  const told = new Set<string>()
  let isSetBack = false

  const warn = ({ name, why }: WitnessedHistory, meaning: string): void => {
    if (!told.has(name)) log.warn({ witness: name, why }, meaning)
    told.add(name)
  }
  const check = async (entries: Log): Promise<void> => {
    if (pending.length === 0) return
    const histories = await readWitnessedHistory({ entries, witnesses: pending, deadlineMs: DEADLINE_MS })
    const silent = histories.filter(({ kind }) => kind === 'UNREACHABLE')
    pending = pending.filter(({ name }) => silent.some((each) => each.name === name))
    for (const each of silent)
      warn(each, 'the witness could not say whether the audit log was set back; it is asked again')
    const contradicting = histories.filter(({ kind }) => kind === 'AHEAD' || kind === 'FORKED')
    const proof = contradicting.find(({ isProven }) => isProven)
    if (proof === undefined) {
      for (const each of contradicting) warn(each, 'the witness says, without proof, that the audit log was set back')
      return
    }
    isSetBack = true
    throw new ConfigError(
      `the audit log ${entries.origin} with its ${entries.size()} entries was set back or rewritten: ${proof.name} says that ${proof.why}. ` +
        'Restore the newest copy of the log. If it is lost, begin a log with a new name (docs/operating.md, When an audit log is lost).',
    )
  }
  const checkAgain = (entries: Log): Promise<void> =>
    check(entries).catch((error: unknown) => {
      log.error(
        { reason: (error as Error).message },
        'the audit log was set back; the authority gives no token any more',
      )
    })

  return {
    check,
    isSetBack: () => isSetBack,
    follow(entries) {
      const { close } = doRegularly(() => checkAgain(entries), ASK_EVERY_MS)
      return close
    },
  }
}
