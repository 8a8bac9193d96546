/** Judges what the witnesses of a log have cosigned and answered. */

import type { Dispatcher } from 'undici'
import { describeError } from '../../service/describe-error.ts'
import type { Finding } from '../finding.ts'
import { isSameHash } from '../merkle/hash.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import { NoteError } from '../note/key.ts'
import type { NoteSignature } from '../note/note.ts'
import { type CheckedCheckpoint, checkCheckpoint, isQuorum, type Policy, type PolicyWitness } from '../note/policy.ts'
import { type CosignedSize, decodeCosignedSizes, hashOrigin } from '../witness/heads.ts'
import type { FoundNote } from './read-log.ts'

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

/**
 * Asks the witnesses of a trust policy what they have cosigned of a log: the last checkpoint (C2SP tlog-witness), and all sizes before it,
 * which only our witnesses serve. A reader who has only the files of a log would believe an older copy with its old cosignatures.
 */

/** How long the witnesses have, all together, in milliseconds. */
const DEADLINE_MS = 10_000

/** The longest answer, in bytes: 16,384 records. */
const MAX_ANSWER_BYTES = 2 * 1024 * 1024

/**
 * What a witness answered. `SERVED`: it served a checkpoint that the log signed. `NONE`: it says that it has cosigned nothing of this log.
 * `UNREACHABLE`: it could not be asked, or what it served is not a checkpoint that the log signed. `NOT_ASKED`: the reader did not want
 * to, or the trust policy has no URL of it.
 */
export interface WitnessAnswer {
  readonly name: string
  readonly kind: 'SERVED' | 'NONE' | 'UNREACHABLE' | 'NOT_ASKED'
  /** The checkpoint as a note, if it served one. */
  readonly note?: string
  /** Yields what it has ever cosigned, page by page; nothing if it does not serve that. */
  readonly cosigned: () => AsyncGenerator<readonly CosignedSize[]>
  /** Why it could not be asked; empty otherwise. */
  readonly why: string
}

/** The connections to use. The default is undici's global dispatcher. */
export interface AskOptions {
  readonly dispatcher?: Dispatcher
  readonly deadlineMs?: number
}

/** Asks all witnesses at the same time. Resolves to one answer for each, in the order of the trust policy, and never rejects. */
export function askWitnesses(
  policy: Policy,
  origin: string,
  { dispatcher, deadlineMs = DEADLINE_MS }: AskOptions = {},
): Promise<readonly WitnessAnswer[]> {
  const get = createGet(AbortSignal.timeout(deadlineMs), dispatcher)
  return Promise.all(
    policy.witnesses.map((witness) =>
      askOne(witness, policy, origin, get).catch((error: unknown): WitnessAnswer => {
        const why = describeError(error)
        return { name: witness.name, kind: 'UNREACHABLE', why, cosigned: nothing }
      }),
    ),
  )
}

/** Returns the answers of a reader who asks nobody. */
export function askNobody({ witnesses }: Policy): readonly WitnessAnswer[] {
  return witnesses.map(({ name }) => ({ name, kind: 'NOT_ASKED', why: 'nobody was asked', cosigned: nothing }))
}

type Get = (url: URL) => Promise<{ readonly status: number; readonly body: Buffer }>

async function askOne({ name, url }: PolicyWitness, policy: Policy, origin: string, get: Get): Promise<WitnessAnswer> {
  if (url === undefined) {
    return { name, kind: 'NOT_ASKED', why: 'the trust policy has no URL of it', cosigned: nothing }
  }
  const prefix = new URL(`${hashOrigin(origin)}/`, url.endsWith('/') ? url : `${url}/`)
  const { status, body } = await get(new URL('checkpoint', prefix))
  if (status === 404) return { name, kind: 'NONE', why: '', cosigned: nothing }
  if (status !== 200) throw new Error(`status ${status}`)
  const note = body.toString('utf8')
  // The log's own signature proves what a witness says. Without it, anybody could make a log look forged.
  if (checkCheckpoint(note, policy).checkpoint.origin !== origin)
    throw new NoteError(`it served a checkpoint of another log`)
  return { name, kind: 'SERVED', note, why: '', cosigned: () => readCosigned(prefix, get) }
}

async function* readCosigned(prefix: URL, get: Get): AsyncGenerator<readonly CosignedSize[]> {
  let [from, check]: [number, Uint8Array | undefined] = [0, undefined]
  for (;;) {
    const url = new URL('cosigned', prefix)
    url.searchParams.set('from', String(from))
    const { status, body } = await get(url)
    if (status !== 200) return
    const page = decodeCosignedSizes(body, check)
    if (page.records.length === 0) return
    yield page.records
    from += page.records.length
    check = page.check
  }
}

async function* nothing(): AsyncGenerator<readonly CosignedSize[]> {
  // The witness serves no history.
}

function createGet(signal: AbortSignal, dispatcher: Dispatcher | undefined): Get {
  return async (url) => {
    // A command that asks nobody should not wait until this is loaded.
    const { request } = await import('undici')
    const answer = await request(url, { signal, ...(dispatcher && { dispatcher }) })
    const parts: Buffer[] = []
    let length = 0
    for await (const part of answer.body) {
      length += part.length
      if (length > MAX_ANSWER_BYTES) throw new Error(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`)
      parts.push(part as Buffer)
    }
    return { status: answer.statusCode, body: Buffer.concat(parts) }
  }
}

/** A witness says that it cosigned another tree than the log has at this size. */
export interface Contradiction {
  readonly witness: string
  readonly size: number
}

/**
 * Holds a log to everything that a witness has cosigned of it.
 * @param rootOf computes the root of the log's first `size` entries
 * @returns the first contradiction, if there is one. The log's signature does not prove it.
 */
export async function findContradiction(
  { name, cosigned }: WitnessAnswer,
  size: number,
  rootOf: (size: number) => Promise<Uint8Array>,
): Promise<Contradiction | undefined> {
  for await (const records of cosigned()) {
    for (const record of records) {
      if (record.size <= size && !isSameHash(await rootOf(record.size), record.root)) {
        return { witness: name, size: record.size }
      }
    }
  }
  return undefined
}

/** The part of the log that a quorum of witnesses has cosigned: its first `size` entries. */
export interface WitnessedHead {
  readonly size: number
  /** When a quorum had cosigned it (audit/note/policy.ts), in seconds since 1970. */
  readonly time: number
}

/** A checkpoint that may be in quorum. */
interface Candidate {
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
export function createWitnessTally(policy: Policy, verify: (found: FoundNote) => CheckedCheckpoint | undefined) {
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
      const time = checked.quorumTime ?? 0
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
    /** Takes in a checkpoint whose root is the tree's. */
    offer,
    /** Returns the largest one in quorum so far. */
    witnessed: (): WitnessedHead | undefined => {
      settle()
      return head
    },
  }
}
