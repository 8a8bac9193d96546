import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { decodeNotes, historyPaths } from '../../audit/log/history.ts'
import type { Log } from '../../audit/log/log.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withRotations } from '../../audit/note/policy.ts'
import { addsWitness, collectCosignatures, type SetBackWatch, witnessEndpoints } from '../../audit/witness/collect.ts'
import { doRegularly } from '../../service/audit-log/regular-work.ts'

/** How often the gateway takes the latest checkpoint to the witnesses, in milliseconds. */
const COLLECT_EVERY_MS = 1_000

/** How long the witnesses have for one checkpoint, in milliseconds. */
const COLLECT_DEADLINE_MS = 5_000

/** How old the last quorum may be before entries count as unwitnessed, in milliseconds. */
const GRACE_MS = 60_000

const QUORUM_REMEDY =
  'Start the witnesses that are away, or ask their countries to: /status of the operator’s server says of each why it does not cosign.'

/** What the witnesses have cosigned of the audit log. Times are in milliseconds. */
export interface WitnessState {
  /** The size of the last checkpoint that a quorum cosigned; 0 if there is none. */
  readonly size: number
  /** How long the log has been without a quorum, beyond the grace of one minute; 0 within it. */
  readonly unwitnessedMs: number
  /** What each witness answered when the gateway last asked it. `why` says what is wrong with it; it is absent otherwise. */
  readonly witnesses: readonly { readonly name: string; readonly kind: string; readonly why?: string }[]
}

/** The witnesses of a log. */
export type Witnesses = Awaited<ReturnType<typeof openWitnesses>>

/** What {@link openWitnesses} works with. */
export interface WitnessesOptions {
  readonly entries: Log
  /** The log's folder. Its history says when the log last had a quorum before this start. */
  readonly folder: string
  readonly policy: Policy
  /** The comparison with the witnesses that could not be asked before the start. Default: none is left to ask. */
  readonly setBack?: Pick<SetBackWatch, 'checkAgain' | 'isSetBack'>
  readonly log: Logger
  /** A clock in milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
  /** A clock that nobody can set, in milliseconds. Default: `performance.now`. */
  readonly elapsed?: () => number
}

/**
 * The last checkpoint that a quorum cosigned, and how long ago that was when `elapsed` was `knownAt`, in milliseconds. The age grows with a
 * clock that nobody can set: otherwise a clock that is set back would hide for as long that the witnesses are missing.
 */
interface Quorum {
  readonly size: number
  readonly ageMs: number
  readonly knownAt: number
}

/** Takes the log's checkpoints to the witnesses of its trust policy in the background. No answer waits for this. */
export async function openWitnesses(given: WitnessesOptions) {
  const { entries, folder, setBack, now = Date.now, elapsed = () => performance.now() } = given
  const policy = withRotations(given.policy, entries.rotations)
  const options = { ...given, policy }
  // A restart of the gateway does not restart the time without a quorum.
  const collector = createCollector(
    options,
    { now, elapsed },
    await readLastQuorum(folder, entries, policy, { now, elapsed }),
  )
  const isRolledBack = (): boolean => setBack?.isSetBack() ?? false
  const collectOnce = async (): Promise<void> => {
    if (isRolledBack()) return
    await Promise.all([setBack?.checkAgain(entries, COLLECT_DEADLINE_MS), collector.collectOnce()])
  }
  const { run, close } = doRegularly(collectOnce, COLLECT_EVERY_MS)
  return {
    /** Takes the published checkpoint to the witnesses once, if it lacks a quorum. Never rejects. */
    collect: run,
    state: collector.state,
    /** Returns whether a witness has proved, since the start, that the log was set back or rewritten. No answer may leave then. */
    isRolledBack,
    /** Stops the collection, and waits until the one under way has ended. */
    close,
  }
}

/** The clocks of {@link WitnessesOptions}. */
interface Clocks {
  readonly now: () => number
  readonly elapsed: () => number
}

/** Owns the state of the witnesses: the last quorum, and what each witness last answered. */
function createCollector(
  { entries, policy, log }: WitnessesOptions,
  { now, elapsed }: Clocks,
  lastQuorum: Quorum,
): { readonly collectOnce: () => Promise<void>; readonly state: () => WitnessState } {
  const witnesses = witnessEndpoints(policy)
  const sizes = new Map<string, number>()
  let quorum = lastQuorum
  let answers: WitnessState['witnesses'] = witnesses.map(({ name }) => ({ name, kind: 'NOT_ASKED' }))

  const noteQuorum = (note: string): CheckedCheckpoint => {
    const checked = checkCheckpoint(note, policy, now())
    if (checked.isInQuorum) quorum = { size: checked.checkpoint.size, ageMs: 0, knownAt: elapsed() }
    return checked
  }
  const collectOnce = async (): Promise<void> => {
    try {
      if (entries.latest().size > entries.published().size) await entries.publish()
      const { note: checkpoint } = entries.published()
      const before = noteQuorum(checkpoint)
      if (before.isInQuorum) return
      const { consistency } = entries
      const collected = await collectCosignatures({
        checkpoint,
        witnesses,
        consistency,
        deadlineMs: COLLECT_DEADLINE_MS,
        sizes,
        now,
      })
      logChanges(answers, collected.outcomes, log)
      answers = collected.outcomes.map(({ name, kind, why }) => ({ name, kind, ...(why !== '' && { why }) }))
      const { signatures } = collected
      if (addsWitness(signatures, before)) noteQuorum(await entries.addCosignatures(checkpoint, signatures))
    } catch (error) {
      log.warn({ error: (error as Error).name, why: (error as Error).message }, 'could not collect cosignatures')
    } finally {
      sayQuorum(state().unwitnessedMs === 0)
    }
  }
  // Whoever reads only the log must learn it too: answers say `UNWITNESSED`, and countries may stop answering.
  let hasQuorum = true
  const sayQuorum = (hasOne: boolean): void => {
    if (hasOne === hasQuorum) return
    hasQuorum = hasOne
    if (hasOne) log.info('a quorum of witnesses cosigns the audit log again')
    else log.error({ remedy: QUORUM_REMEDY }, 'no quorum of witnesses has cosigned the audit log for a minute')
  }
  const state = (): WitnessState => {
    const age = quorum.ageMs + elapsed() - quorum.knownAt
    return { size: quorum.size, unwitnessedMs: age < GRACE_MS ? 0 : age - GRACE_MS + 1, witnesses: answers }
  }
  return { collectOnce, state }
}

/** Logs each witness whose answer differs from its last one. Both lists are in the order of the trust policy. */
function logChanges(before: WitnessState['witnesses'], after: WitnessState['witnesses'], log: Logger): void {
  for (const [index, { name, kind, why }] of after.entries()) {
    if (before[index]?.kind === kind) continue
    if (kind === 'WRONG_CLOCK') log.warn({ witness: name, why }, 'the clock of a witness, or of this machine, is wrong')
    else if (kind !== 'COSIGNED') log.warn({ witness: name, kind, why }, 'a witness does not cosign the audit log')
    else log.info({ witness: name, kind }, 'a witness answered differently than before')
  }
}

/** Reads the largest checkpoint of the history that a quorum cosigned, and when. Without one: size 0, at the epoch. */
async function readLastQuorum(folder: string, entries: Log, policy: Policy, { now, elapsed }: Clocks): Promise<Quorum> {
  const knownAt = elapsed()
  for (const path of historyPaths(entries.size()).toReversed()) {
    const bytes = await readFile(join(folder, path)).catch(() => new Uint8Array())
    for (const note of decodeNotes(bytes).notes.toReversed()) {
      const { checkpoint, isInQuorum, quorumTime = 0 } = checkCheckpoint(note, policy, now())
      if (!isInQuorum) continue
      return { size: checkpoint.size, ageMs: Math.max(0, now() - quorumTime * 1_000), knownAt }
    }
  }
  return { size: 0, ageMs: now(), knownAt }
}
