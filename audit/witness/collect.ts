/** The log's side of C2SP tlog-witness: sends a checkpoint to the witnesses, and collects their cosignatures. */

import { hash } from 'node:crypto'
import type { Dispatcher } from 'undici'
import { describeError } from '../../service/describe-error.ts'
import type { Log } from '../log/log.ts'
import { type Hash, isSameHash } from '../merkle/hash.ts'
import { parseCheckpoint } from '../note/checkpoint.ts'
import { parseDecimal } from '../note/decimal.ts'
import { cosignatureTime, type NoteVerifier } from '../note/key.ts'
import { type NoteSignature, parseNote, parseSignatureLine } from '../note/note.ts'
import { type CheckedCheckpoint, isQuorum, MAX_CLOCK_DIFFERENCE_MS, type Policy } from '../note/policy.ts'
import { formatAddCheckpoint } from './witness.ts'

/** How often a witness is asked about one checkpoint: once, and again with the size that the witness says it knows. */
const MAX_TRIES = 3

/** How much of a witness' reason is passed on, in characters. */
const MAX_REASON_CHARS = 200

/** The longest answer of a witness, in bytes. */
const MAX_ANSWER_BYTES = 64 * 1024

/** The address and the key of a witness. */
export interface WitnessEndpoint {
  readonly name: string
  readonly verifier: NoteVerifier
  /** Its submission prefix. */
  readonly url: string
}

/** Lists the witnesses of a trust policy that have an address, in its order. */
export function witnessEndpoints({ witnesses }: Pick<Policy, 'witnesses'>): readonly WitnessEndpoint[] {
  return witnesses.flatMap(({ name, verifier, url }) => (url === undefined ? [] : [{ name, verifier, url }]))
}

/**
 * Returns whether one of these cosignatures is of a witness whose word the checkpoint lacks. Only then are they stored: each stored checkpoint stands in
 * the history for ever, and a log that waits for a quorum asks the same witnesses each second.
 */
export function addsWitness(
  signatures: readonly NoteSignature[],
  { cosignatures }: Pick<CheckedCheckpoint, 'cosignatures'>,
): boolean {
  return signatures.some(({ name, keyId }) => {
    return !cosignatures.some(({ witness: { verifier } }) => verifier.name === name && verifier.keyId === keyId)
  })
}

/** The input of `collectCosignatures`. */
interface CollectOptions {
  /** The checkpoint: a note with the log's signature. */
  readonly checkpoint: string
  readonly witnesses: readonly WitnessEndpoint[]
  /** Builds consistency proofs of the log. */
  readonly consistency: (from: number, to: number) => Promise<readonly Hash[]>
  /** The deadline for all witnesses together, in milliseconds. */
  readonly deadlineMs: number
  /** The size that each witness cosigned last, by name. It is read and updated. A caller that keeps the map saves a request each time. */
  readonly sizes?: Map<string, number>
  /** The connections to use. The default is undici's global dispatcher. */
  readonly dispatcher?: Dispatcher
  /** A clock in milliseconds since 1970. The default is `Date.now`. A cosignature from its future is refused. */
  readonly now?: () => number
}

/**
 * The outcome for one witness. `AHEAD`: it has cosigned a larger tree, so this checkpoint is old, or the log was rolled back.
 * `WRONG_CLOCK`: it cosigned with a time that is far from ours. A time in the past still counts; one in the future does not.
 */
interface WitnessOutcome {
  readonly name: string
  readonly kind: 'COSIGNED' | 'WRONG_CLOCK' | 'REFUSED' | 'AHEAD' | 'UNREACHABLE'
  /** The reason, for the operator; empty if the witness cosigned. */
  readonly why: string
}

/** The valid cosignatures, and the outcome for each witness in the order of the witnesses. */
interface Collected {
  readonly signatures: readonly NoteSignature[]
  readonly outcomes: readonly WitnessOutcome[]
}

/** Asks all witnesses at the same time, and waits for them until the deadline. A failure is an outcome: the promise never rejects. */
export async function collectCosignatures(options: CollectOptions): Promise<Collected> {
  const signal = AbortSignal.timeout(options.deadlineMs)
  const answers = await Promise.all(
    options.witnesses.map((witness) =>
      askWitness(witness, options, signal).catch((error: unknown): Answer => {
        return { kind: 'UNREACHABLE', why: describeError(error) }
      }),
    ),
  )
  return {
    signatures: answers.flatMap(({ signature }) => signature ?? []),
    outcomes: answers.map(({ kind, why }, at) => ({ name: options.witnesses[at]?.name ?? '', kind, why })),
  }
}

interface Answer extends Pick<WitnessOutcome, 'kind' | 'why'> {
  readonly signature?: NoteSignature
}

async function askWitness(witness: WitnessEndpoint, options: CollectOptions, signal: AbortSignal): Promise<Answer> {
  const { text } = parseNote(options.checkpoint)
  const { size } = parseCheckpoint(text)
  let old = Math.min(options.sizes?.get(witness.name) ?? 0, size)
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const proof = await options.consistency(old, size)
    const { status, type, body } = await post(witness, formatAddCheckpoint({ ...options, old, proof }), options, signal)
    if (status === 200) {
      options.sizes?.set(witness.name, size)
      return judgeTime(readCosignature(body, text, witness), options.now ?? Date.now)
    }
    // 409 with the known size was the answer for another root of that size until the middle of 2026. 422 is the answer since then.
    if (status === 422 && old === size && size > 0) {
      return { kind: 'REFUSED', why: `it has cosigned another tree of ${size} entries` }
    }
    const known = status === 409 && type.startsWith('text/x.tlog.size') ? parseDecimal(body.trimEnd()) : undefined
    if (known === undefined) return { kind: 'REFUSED', why: describeRefusal(status, body) }
    options.sizes?.set(witness.name, known)
    if (known > size) return { kind: 'AHEAD', why: `it has cosigned ${known} entries, this checkpoint has ${size}` }
    // A conflict at the same size means that it has cosigned another root.
    if (known === old) return { kind: 'REFUSED', why: `it has cosigned another tree of ${known} entries` }
    old = known
  }
  return { kind: 'REFUSED', why: `its size changed ${MAX_TRIES} times` }
}

/** Says why a witness refused. A witness whose clock runs wrong says so with 503. */
function describeRefusal(status: number, body: string): string {
  const reason = (body.split('\n')[0] ?? '').slice(0, MAX_REASON_CHARS)
  return status === 503 && reason !== '' ? `status 503: ${reason}` : `status ${status}`
}

async function post({ url }: WitnessEndpoint, body: string, { dispatcher }: CollectOptions, signal: AbortSignal) {
  const target = new URL('add-checkpoint', url.endsWith('/') ? url : `${url}/`)
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  // A command that asks nobody should not wait until this is loaded.
  const { request } = await import('undici')
  const answer = await request(target, { method: 'POST', body, headers, signal, ...(dispatcher && { dispatcher }) })
  let text = ''
  for await (const part of answer.body) {
    text += Buffer.from(part).toString('utf8')
    if (text.length > MAX_ANSWER_BYTES) throw new Error(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`)
  }
  return { status: answer.statusCode, type: String(answer.headers['content-type'] ?? ''), body: text }
}

/** Finds the witness' own signature line in its answer, and verifies it. Ignores lines of other keys. */
function readCosignature(body: string, text: string, { verifier }: WitnessEndpoint): Answer {
  for (const line of body.split('\n').filter((each) => each !== '')) {
    const signature = parseLine(line)
    if (signature?.name !== verifier.name || signature.keyId !== verifier.keyId) continue
    if (verifier.verify(text, signature.signature)) return { kind: 'COSIGNED', why: '', signature }
  }
  return { kind: 'REFUSED', why: 'its answer does not have a valid cosignature of its key' }
}

/** Refuses a cosignature from the future, because it would hide for as long that the witness stopped. Tells one from the past. */
function judgeTime(answer: Answer, now: () => number): Answer {
  const time = answer.signature && cosignatureTime(answer.signature.signature)
  if (time === undefined) return answer
  const aheadMs = time * 1_000 - now()
  if (Math.abs(aheadMs) <= MAX_CLOCK_DIFFERENCE_MS) return answer
  const seconds = Math.round(Math.abs(aheadMs) / 1_000)
  if (aheadMs > 0)
    return { kind: 'WRONG_CLOCK', why: `its clock is ${seconds} s ahead of ours; its cosignature is refused` }
  return { ...answer, kind: 'WRONG_CLOCK', why: `its clock is ${seconds} s behind ours` }
}

function parseLine(line: string): NoteSignature | undefined {
  try {
    return parseSignatureLine(line)
  } catch {
    return undefined
  }
}

/** Finds out from the witnesses whether a log was set back or rewritten since they last cosigned it. */

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
export type SetBackWatch = ReturnType<typeof watchSetBack>

/** Creates the comparison. */
export function watchSetBack({ policy, believesQuorum, consequence, log }: SetBackOptions) {
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
  return {
    /**
     * Asks the witnesses that have not answered yet, before the log's first entry.
     * @throws {LogSetBackError} if one of them proves that the log was set back, or, if that counts, a quorum of them says so.
     */
    check,
    /** Asks those that are still silent, while the log is written. Never rejects: the operator's log and {@link SetBackWatch.isSetBack} have what came of it. */
    checkAgain,
    /** Whether the log was found to be set back or rewritten. Nothing may be written any more. */
    isSetBack: () => isSetBack,
  }
}

/** Whether those who make a claim are a quorum. A trust policy that demands none has none. */
function isSaidBy(policy: Policy, claims: ReadonlyMap<string, WitnessedHistory>): boolean {
  return policy.quorum !== 'none' && claims.size > 0 && isQuorum(policy, new Set(claims.keys()))
}

/**
 * Compares a log with what its witnesses last cosigned. A log that was restored from an older copy, or was rewritten, is found in
 * this way before it grows.
 *
 * A witness serves the checkpoint that it cosigned last at `GET <prefix>/<SHA-256 of the origin>/checkpoint` (C2SP tlog-witness). The
 * log's own signature on it proves what the log once was, so a witness cannot invent anything. A witness that does not serve it
 * is sent the log's checkpoint instead, and may answer that it knows a larger tree (409). That is a claim without proof.
 */

/** The longest checkpoint of a witness, in bytes. */
const MAX_CHECKPOINT_BYTES = 64 * 1024

/**
 * What one witness knows. `AGREES`: this log continues what it cosigned, or it has cosigned nothing. `AHEAD`: it cosigned a larger
 * tree. `FORKED`: it cosigned another tree of that size. `UNREACHABLE`: it could not be asked.
 */
interface WitnessedHistory {
  readonly name: string
  readonly kind: 'AGREES' | 'AHEAD' | 'FORKED' | 'UNREACHABLE'
  /** The size that it cosigned; null if it is not known. */
  readonly size: number | null
  /** Whether the log's own signature proves it. */
  readonly isProven: boolean
  /** For the operator: why it could not be asked, or what it said; empty if it agrees. */
  readonly why: string
}

/** What {@link readWitnessedHistory} works with. */
interface HistoryOptions {
  readonly entries: Pick<Log, 'origin' | 'size' | 'root' | 'published' | 'consistency' | 'openCheckpoint'>
  readonly witnesses: readonly WitnessEndpoint[]
  /** The deadline for all witnesses together, in milliseconds. */
  readonly deadlineMs: number
  /** The connections to use. The default is undici's global dispatcher. */
  readonly dispatcher?: Dispatcher
}

/** Asks all witnesses at the same time. Resolves to what each of them knows, in their order, and never rejects. */
function readWitnessedHistory(options: HistoryOptions): Promise<readonly WitnessedHistory[]> {
  const signal = AbortSignal.timeout(options.deadlineMs)
  return Promise.all(
    options.witnesses.map((witness) =>
      compare(witness, options, signal).catch((error: unknown): WitnessedHistory => {
        return { name: witness.name, kind: 'UNREACHABLE', size: null, isProven: false, why: describeError(error) }
      }),
    ),
  )
}

async function compare(
  witness: WitnessEndpoint,
  options: HistoryOptions,
  signal: AbortSignal,
): Promise<WitnessedHistory> {
  const { name } = witness
  const note = await fetchCheckpoint(witness, options, signal)
  if (note === undefined) return compareByAsking(witness, options)
  const { size, root } = options.entries.openCheckpoint(note)
  const ours = options.entries.size()
  if (size > ours) {
    const why = `it cosigned ${size} entries that the log signed, and the log has ${ours}`
    return { name, kind: 'AHEAD', size, isProven: true, why }
  }
  if (!isSameHash(await options.entries.root(size), root)) {
    const why = `it cosigned another tree of ${size} entries that the log signed`
    return { name, kind: 'FORKED', size, isProven: true, why }
  }
  return { name, kind: 'AGREES', size, isProven: true, why: '' }
}

/** Fetches what a witness cosigned last. Resolves to undefined if it does not serve it, or does not know the log yet. */
async function fetchCheckpoint(
  { url }: WitnessEndpoint,
  { entries, dispatcher }: HistoryOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const target = new URL(`${hash('sha256', entries.origin)}/checkpoint`, url.endsWith('/') ? url : `${url}/`)
  // A command that asks nobody should not wait until this is loaded.
  const { request } = await import('undici')
  const answer = await request(target, { signal, ...(dispatcher && { dispatcher }) })
  let text = ''
  for await (const part of answer.body) {
    text += Buffer.from(part).toString('utf8')
    if (text.length > MAX_CHECKPOINT_BYTES) throw new Error(`its answer is longer than ${MAX_CHECKPOINT_BYTES} bytes`)
  }
  if (answer.statusCode === 200) return text
  if (answer.statusCode >= 500) throw new Error(`status ${answer.statusCode}`)
  return undefined
}

/** Sends the published checkpoint to a witness that does not serve what it cosigned. */
async function compareByAsking(witness: WitnessEndpoint, options: HistoryOptions): Promise<WitnessedHistory> {
  const { entries, deadlineMs, dispatcher } = options
  const sizes = new Map<string, number>()
  const asked: CollectOptions = {
    checkpoint: entries.published().note,
    witnesses: [witness],
    consistency: entries.consistency,
    deadlineMs,
    sizes,
    ...(dispatcher && { dispatcher }),
  }
  const [outcome] = (await collectCosignatures(asked)).outcomes
  const { name } = witness
  const size = sizes.get(name) ?? null
  if (outcome?.kind === 'UNREACHABLE') throw new Error(outcome.why)
  if (outcome?.kind === 'AHEAD') return { name, kind: 'AHEAD', size, isProven: false, why: outcome.why }
  return { name, kind: 'AGREES', size, isProven: false, why: '' }
}
