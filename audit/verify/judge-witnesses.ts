import type { Finding } from '../finding.ts'
import { isQuorum, type Policy } from '../note/policy.ts'
import type { Contradiction, WitnessAnswer } from './ask-witnesses.ts'
import type { WitnessedHead } from './witness-tally.ts'

/** Judges what the witnesses of a log have cosigned and answered. */

/**
 * How old the last quorum may be while the newest entries still count as waiting for their cosignatures, in milliseconds. A log that is
 * written to is always a moment ahead of its witnesses.
 */
const AWAIT_GRACE_MS = 5 * 60_000

/** What came in place of a quorum, if the trust policy is without one. */
export const NO_WITNESSES = 'a trust policy that demands no witnesses'

/** What is known of one witness of the trust policy. */
export interface WitnessView {
  readonly name: string
  /** The size of the largest tree that it cosigned, of those that agree with the log; null if there is none. */
  readonly size: number | null
  /** When it cosigned that, in seconds since 1970. */
  readonly time: number | null
  readonly answer: WitnessAnswer['kind']
  /** Why it could not be asked; empty if it was. */
  readonly why: string
}

/** What a reader demands of the witnesses. */
export interface WitnessDemands {
  /** The names of witnesses that the reader demands beside the quorum: its country's own. */
  readonly required?: readonly string[]
  /** How old the last quorum may be, in milliseconds. By default any age will do. */
  readonly maxAgeMs?: number
}

/** What is known when the log's tree was rebuilt. */
export interface WitnessedLog {
  readonly policy: Policy
  readonly size: number
  readonly witnessed: WitnessedHead | undefined
  readonly views: readonly WitnessView[]
  readonly contradictions: readonly Contradiction[]
  readonly nowMs: number
}

/** `findings`: the log does not hold. `doubts`: nobody can tell. `notes`: what a reader should know although the log holds. */
export interface WitnessJudgement {
  readonly findings: readonly Finding[]
  readonly doubts: readonly Finding[]
  readonly notes: readonly Finding[]
}

/** Judges the cosignatures and the answers of the witnesses. */
export function judgeWitnesses(log: WitnessedLog, demands: WitnessDemands): WitnessJudgement {
  const { required = [] } = demands
  const parts = [
    judgeQuorum(log),
    judgeAge(log, demands),
    judgeContradictions(log, required),
    ...required.map((name) => judgeRequired(log, name)),
    { notes: log.policy.quorum === 'none' ? [] : listUnasked(log) },
  ]
  const all = (key: keyof WitnessJudgement) => parts.flatMap((part: Partial<WitnessJudgement>) => part[key] ?? [])
  return { findings: all('findings'), doubts: all('doubts'), notes: all('notes') }
}

/** An empty log needs a quorum too: otherwise, a log whose history somebody threw away would look new. */
function judgeQuorum({ policy: { quorum }, size, witnessed, nowMs }: WitnessedLog): Partial<WitnessJudgement> {
  if (quorum === 'none' || (witnessed !== undefined && witnessed.size >= size)) return {}
  const seen = witnessed?.size ?? 0
  const finding = {
    where: size === 0 ? 'the empty log' : `entries from ${seen} on`,
    expected: `a checkpoint of size ${size} in quorum ${quorum}`,
    came: witnessed === undefined ? 'none in quorum' : `one of size ${seen}`,
  }
  if (witnessed === undefined || !isRecent(witnessed.time, nowMs))
    return { findings: [{ kind: 'NO_QUORUM', ...finding }] }
  return { notes: [{ kind: 'AWAITS_WITNESSES', ...finding }] }
}

function isRecent(time: number | null, nowMs: number): boolean {
  return time !== null && nowMs - time * 1_000 <= AWAIT_GRACE_MS
}

/**
 * An old quorum may mean that nobody used the log, or that newer entries are withheld. So nobody can tell. Nor can anybody if the trust policy demands no
 * witnesses: nothing has a time then, and who replaced the trust policy must not get rid of the reader's demand.
 */
function judgeAge(
  { policy: { quorum }, witnessed, nowMs }: WitnessedLog,
  { maxAgeMs }: WitnessDemands,
): Partial<WitnessJudgement> {
  if (maxAgeMs === undefined) return {}
  const isDemanded = quorum !== 'none'
  if (isDemanded && witnessed !== undefined && nowMs - witnessed.time * 1_000 <= maxAgeMs) return {}
  const expected = `a quorum within the last ${Math.round(maxAgeMs / 1_000)} s`
  const last = witnessed === undefined ? 'none' : `one of ${formatTime(witnessed.time)}`
  const came = isDemanded ? last : NO_WITNESSES
  return { doubts: [{ kind: 'STALE', where: `quorum ${quorum}`, expected, came }] }
}

/** One witness may lie, except the reader's own. Two that say so are a finding, because at most one is captured. */
function judgeContradictions({ contradictions }: WitnessedLog, required: readonly string[]): Partial<WitnessJudgement> {
  const findings = contradictions.map(({ witness, size }): Finding => {
    const where = `checkpoint of size ${size} at the witness ${witness}`
    return { kind: 'CONTRADICTED', where, expected: 'the tree that the log shows', came: 'another one' }
  })
  const isSure = contradictions.length > 1 || contradictions.some(({ witness }) => required.includes(witness))
  return isSure ? { findings } : { doubts: findings }
}

function judgeRequired({ views, size, nowMs }: WitnessedLog, name: string): Partial<WitnessJudgement> {
  const view = views.find((each) => each.name === name)
  if (view === undefined)
    throw new Error(`expected ${name} to be a witness of the trust policy; came none of that name`)
  const where = `witness ${name}`
  const covers = view.size !== null && view.size >= size
  const came = view.size === null ? 'none' : `one of ${view.size} entries`
  const isSilent = view.answer === 'UNREACHABLE' || (view.answer === 'NOT_ASKED' && !covers)
  if (isSilent) {
    const expected = 'an answer of it, because the reader demands this witness'
    return { doubts: [{ kind: 'WITNESS_SILENT', where, expected, came: `${came} in the log; ${view.why}` }] }
  }
  if (covers) return {}
  const behind = { where, expected: `a cosignature of ${size} entries`, came }
  if (isRecent(view.time, nowMs)) return { notes: [{ kind: 'AWAITS_WITNESSES', ...behind }] }
  return { findings: [{ kind: 'NOT_COSIGNED', ...behind }] }
}

/** Lists the witnesses that were not asked, and says so if those that answered could have missed a rollback. */
function listUnasked({ policy, views }: WitnessedLog): readonly Finding[] {
  const unasked = views.flatMap(({ name, answer, why }): readonly Finding[] => {
    if (answer === 'SERVED') return []
    const came = answer === 'NONE' ? 'the answer that it has cosigned nothing of this log' : why
    return [{ kind: 'NOT_ASKED', where: `witness ${name}`, expected: 'its last checkpoint of this log', came }]
  })
  const answered = views.filter(({ answer }) => answer === 'SERVED').map(({ name }) => name)
  if (isQuorum(policy, new Set(answered))) return unasked
  const came = answered.length === 0 ? 'none' : answered.join(', ')
  const expected = `answers of a quorum ${policy.quorum}, without which a log that was set back may go unnoticed`
  return [...unasked, { kind: 'NOT_ASKED', where: 'witnesses', expected, came }]
}

/** Formats a time in seconds since 1970. */
export function formatTime(time: number): string {
  return new Date(time * 1_000).toISOString()
}
