import type { Logger } from 'pino'
import type { Log } from '../../audit/log/log.ts'
import { checkCheckpoint, type Policy, parsePolicy, withRotations } from '../../audit/note/policy.ts'
import { findTrustedName } from '../../audit/note/shard-name.ts'
import {
  collectCosignatures,
  LogSetBackError,
  type SetBackWatch,
  watchSetBack,
  witnessEndpoints,
} from '../../audit/witness/collect.ts'
import { ConfigError } from '../config-error.ts'
import { readSetting } from '../read-setting.ts'
import type { Recorder } from './recorder.ts'
import { doRegularly } from './regular-work.ts'

/** How often the latest checkpoint is taken to the witnesses, in milliseconds. */
const COLLECT_EVERY_MS = 1_000

/** How long the witnesses have for one checkpoint, in milliseconds. */
const COLLECT_DEADLINE_MS = 5_000

/** How long the witnesses have to say what they cosigned last, in milliseconds. */
const COMPARE_DEADLINE_MS = 2_000

/** How often those that have not said it yet are asked again, in milliseconds. */
const COMPARE_EVERY_MS = 5_000

/** What {@link createLogWitnesses} works with. */
export interface LogWitnessesOptions {
  /** The trust policy with the witnesses; null without one: then nobody sees the log, and an older copy of it is not noticed. */
  readonly policy: Policy | null
  /** What no longer happens once a witness proves that the log was set back, for the operator's log. */
  readonly consequence: string
  readonly log: Pick<Logger, 'warn' | 'error'>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** The witnesses of a log, for one start of it. */
export type LogWitnesses = ReturnType<typeof createLogWitnesses>

/**
 * Creates the witnesses of a log whose owner needs no quorum, such as a mandate authority: each country needs its own witness, so all of them are asked
 * until all have cosigned. The gateway's log, which needs a quorum, has witnesses of its own (gateway/audit-log/witnesses.ts).
 */
export function createLogWitnesses({ policy, consequence, log, now }: LogWitnessesOptions) {
  const setBack = watchSetBack({ policy, believesQuorum: false, consequence, log })
  return {
    /**
     * Compares the log with what they cosigned last, before its first entry (`RecorderOptions.beforeStart`).
     * @throws {ConfigError} with the remedy, if one of them proves that the log was set back or rewritten, or the trust policy is that of another log.
     */
    async beforeStart(entries: Log) {
      requireOwnLog(policy, entries.origin, 'trustPolicy')
      await setBack.check(entries, COMPARE_DEADLINE_MS).catch(rejectSetBack)
    },
    /** Returns a recorder that writes nothing once one of them has proved that the log was set back. */
    guard: (recorder: Recorder) => guard(recorder, setBack),
    /** Begins to take checkpoints to them, and asks again those that were silent. */
    begin(entries: Log) {
      const collecting = doRegularly(createCollect(entries, policy, log, now), COLLECT_EVERY_MS)
      const comparing = doRegularly(() => setBack.checkAgain(entries, COMPARE_DEADLINE_MS), COMPARE_EVERY_MS)
      const close = async (): Promise<void> => {
        await Promise.all([collecting.close(), comparing.close()])
      }
      return {
        /** Takes the newest checkpoint to the witnesses once, unless each of them has cosigned it. Never rejects. */
        collect: collecting.run,
        /** Asks those that have not said yet what they cosigned last. Never rejects. */
        compare: comparing.run,
        /** Begins nothing new. Resolves when what was under way has ended. */
        close,
      }
    },
  }
}

/**
 * Turns the error of a log that was set back into that of a setting: whoever starts the process reads it, and needs the remedy without a stack.
 * @throws {ConfigError} for a {@link LogSetBackError}; any other error as it is.
 */
export function rejectSetBack(error: unknown): never {
  throw error instanceof LogSetBackError ? new ConfigError(error.message, { cause: error }) : error
}

/**
 * Checks that a trust policy with witnesses names the log that they are to cosign. Under that of another log, their cosignatures would be collected and
 * never count, and nobody would compare the log with what they saw.
 * @param setting how the operator sets it, for the error's remedy
 * @throws {ConfigError} if it does not name it. The message has the names of both.
 */
export function requireOwnLog(policy: Policy | null, origin: string, setting: string): void {
  if (policy === null || policy.witnesses.length === 0 || findTrustedName(origin, policy) !== undefined) return
  const names = policy.logs.map(({ verifier }) => verifier.name).join(', ') || 'no log'
  throw new ConfigError(
    `expected a trust policy that names this audit log, ${origin}; came one that names ${names}. Correct ${setting}: add the line \`log\` with the verifier key of this log.`,
  )
}

/**
 * Reads the setting `trustPolicy` of a process whose log has such witnesses.
 * @param file the trust policy; undefined if the settings name none, and then the result is null.
 * @throws {ConfigError} if the file cannot be used.
 */
export async function readTrustPolicy(file: string | undefined): Promise<Policy | null> {
  return file === undefined ? null : readSetting(file, 'trustPolicy', parsePolicy)
}

/** No answer and no token leaves without its entry, so nothing leaves when nothing is written. */
function guard(recorder: Recorder, { isSetBack }: SetBackWatch): Recorder {
  const rejectIfSetBack = (): void => {
    if (isSetBack()) throw new Error('expected the log that the witnesses cosigned; this one was set back')
  }
  return {
    ...recorder,
    async append(entries, salts) {
      rejectIfSetBack()
      return recorder.append(entries, salts)
    },
    async appendTexts(texts, salts) {
      rejectIfSetBack()
      return recorder.appendTexts(texts, salts)
    },
    isWritable: () => !isSetBack() && recorder.isWritable(),
    unready: async () => (isSetBack() ? 'RECORD_UNAVAILABLE' : recorder.unready()),
  }
}

function createCollect(
  entries: Log,
  given: Policy | null,
  log: Pick<Logger, 'warn'>,
  now: () => number,
): () => Promise<void> {
  const witnesses = given === null ? [] : witnessEndpoints(given)
  const sizes = new Map<string, number>()
  return async () => {
    if (given === null) return
    try {
      if (entries.latest().size > entries.published().size) await entries.publish()
      const { note: checkpoint } = entries.published()
      // The key of the log can be replaced while it is written.
      const policy = withRotations(given, entries.rotations)
      const { cosignatures } = checkCheckpoint(checkpoint, policy, now())
      const missing = witnesses.filter(({ name }) => !cosignatures.some(({ witness }) => witness.name === name))
      if (missing.length === 0) return
      const { signatures } = await collectCosignatures({
        checkpoint,
        witnesses: missing,
        consistency: entries.consistency,
        deadlineMs: COLLECT_DEADLINE_MS,
        sizes,
        now,
      })
      if (signatures.length > 0) await entries.addCosignatures(checkpoint, signatures)
    } catch (error) {
      log.warn(
        { error: (error as Error).name, why: (error as Error).message },
        'could not collect cosignatures of the audit log',
      )
    }
  }
}
