import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { parseBase64 } from '../note/base64.ts'

/**
 * Keyed pseudonyms with epochs: who has the key finds all that is about one record, case or officer; who has not, nothing. A
 * country keeps the key for its records and cases, a gateway the one for actors. A new epoch begins with each rotation; refs
 * made under older epochs stay findable with the same key file, and are dead once it drops their epoch.
 */

/** What a pseudonym stands for. The kinds are kept apart: an officer's ref tells nothing of a record with the same id. */
export type PseudonymKind = 'record' | 'case' | 'actor'

/** One epoch's key. */
export interface Epoch {
  /** From 1 on, one more with each rotation. */
  readonly epoch: number
  /** When it began, RFC 3339. */
  readonly since: string
  /** 32 bytes in Base 64. Secret. */
  readonly key: string
}

/** A key file's content: the epochs, oldest first. */
export interface PseudonymKeys {
  readonly epochs: readonly Epoch[]
}

const KEY_BYTES = 32

/** Keys with one epoch more, which is the current one from now on. `now` in milliseconds since 1970. */
export function rotateKeys(keys: PseudonymKeys, now: number): PseudonymKeys {
  const epoch = (keys.epochs.at(-1)?.epoch ?? 0) + 1
  const key = randomBytes(KEY_BYTES).toString('base64')
  return { epochs: [...keys.epochs, { epoch, since: new Date(now).toISOString(), key }] }
}

/** Reads a key file's text. Throws a TypeError that says what is wrong, and shows no key. */
export function parseKeys(text: string): PseudonymKeys {
  const { epochs } = parseJson(text)
  if (!Array.isArray(epochs) || epochs.length === 0)
    throw new TypeError('a key file has a list `epochs` with at least one')
  return { epochs: epochs.map(parseEpoch) }
}

function parseJson(text: string): { readonly epochs?: unknown } {
  try {
    return Object(JSON.parse(text))
  } catch {
    throw new TypeError('a key file is JSON')
  }
}

function parseEpoch(value: unknown, at: number, all: readonly unknown[]): Epoch {
  const { epoch, since, key } = Object(value) as Partial<Record<keyof Epoch, unknown>>
  const before = at === 0 ? 0 : (Object(all[at - 1]) as { epoch?: unknown }).epoch
  if (!Number.isSafeInteger(epoch) || Number(epoch) <= Number(before)) {
    throw new TypeError(`epoch ${at + 1} of the key file has a whole number larger than the one before`)
  }
  if (typeof since !== 'string' || Number.isNaN(Date.parse(since)))
    throw new TypeError(`epoch ${epoch} has a time in \`since\``)
  if (typeof key !== 'string' || parseBase64(key, KEY_BYTES) === undefined) {
    throw new TypeError(`epoch ${epoch} has a key of ${KEY_BYTES} bytes in Base 64`)
  }
  return { epoch: Number(epoch), since, key }
}

/** The pseudonym of `ref` under the current epoch: the epoch, a dot, HMAC-SHA-256 in Base 64 for URLs. Throws without an epoch. */
export function pseudonymOf(kind: PseudonymKind, ref: string, { epochs }: PseudonymKeys): string {
  const current = epochs.at(-1)
  if (current === undefined) throw new RangeError('there is no epoch to make a pseudonym under')
  return make(kind, ref, current)
}

/** The pseudonyms of `ref` under every epoch, the newest first: what its owner looks for. */
export function pseudonymsOf(kind: PseudonymKind, ref: string, { epochs }: PseudonymKeys): readonly string[] {
  return epochs.map((epoch) => make(kind, ref, epoch)).reverse()
}

/** Whether a pseudonym stands for `ref`, under whatever epoch. */
export function standsFor(pseudonym: string, kind: PseudonymKind, ref: string, keys: PseudonymKeys): boolean {
  return pseudonymsOf(kind, ref, keys).some((made) => {
    const [one, other] = [Buffer.from(made), Buffer.from(pseudonym)]
    return one.length === other.length && timingSafeEqual(one, other)
  })
}

function make(kind: PseudonymKind, ref: string, { epoch, key }: Epoch): string {
  const mac = createHmac('sha256', Buffer.from(key, 'base64')).update(`${kind}\u0000${ref}`).digest('base64url')
  return `${epoch}.${mac}`
}
