import { hash } from 'node:crypto'
import type { Dispatcher } from 'undici'
import { describeError } from '../../service/describe-error.ts'
import type { Log } from '../log/log.ts'
import { isSameHash } from '../merkle/hash.ts'
import { type CollectOptions, collectCosignatures, type WitnessEndpoint } from './collect.ts'

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
export interface WitnessedHistory {
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
export interface HistoryOptions {
  readonly entries: Pick<Log, 'origin' | 'size' | 'root' | 'published' | 'consistency' | 'openCheckpoint'>
  readonly witnesses: readonly WitnessEndpoint[]
  /** The deadline for all witnesses together, in milliseconds. */
  readonly deadlineMs: number
  /** The connections to use. The default is undici's global dispatcher. */
  readonly dispatcher?: Dispatcher
}

/** Asks all witnesses at the same time. Resolves to what each of them knows, in their order, and never rejects. */
export function readWitnessedHistory(options: HistoryOptions): Promise<readonly WitnessedHistory[]> {
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
