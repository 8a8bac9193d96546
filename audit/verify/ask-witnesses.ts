import type { Dispatcher } from 'undici'
import { describeError } from '../../service/describe-error.ts'
import { isSameHash } from '../merkle/hash.ts'
import { NoteError } from '../note/key.ts'
import { checkCheckpoint, type Policy, type PolicyWitness } from '../note/policy.ts'
import { type CosignedSize, decodeCosignedSizes } from '../witness/cosigned-sizes.ts'
import { hashOrigin } from '../witness/heads.ts'

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
