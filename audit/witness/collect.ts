import type { Dispatcher } from 'undici'
import { describeError } from '../../service/describe-error.ts'
import type { Hash } from '../merkle/hash.ts'
import { parseCheckpoint } from '../note/checkpoint.ts'
import { parseDecimal } from '../note/decimal.ts'
import { cosignatureTime, type NoteVerifier } from '../note/key.ts'
import { type NoteSignature, parseNote, parseSignatureLine } from '../note/note.ts'
import { type CheckedCheckpoint, MAX_CLOCK_DIFFERENCE_MS, type Policy } from '../note/policy.ts'
import { formatAddCheckpoint } from './witness.ts'

/** The log's side of C2SP tlog-witness: sends a checkpoint to the witnesses, and collects their cosignatures. */

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
export interface CollectOptions {
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
export interface WitnessOutcome {
  readonly name: string
  readonly kind: 'COSIGNED' | 'WRONG_CLOCK' | 'REFUSED' | 'AHEAD' | 'UNREACHABLE'
  /** The reason, for the operator; empty if the witness cosigned. */
  readonly why: string
}

/** The valid cosignatures, and the outcome for each witness in the order of the witnesses. */
export interface Collected {
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
