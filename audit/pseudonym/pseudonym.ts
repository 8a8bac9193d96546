import { randomBytes } from 'node:crypto'
import { type HmacKey, hmacSha256OfTextBy, padHmacKey } from '../../contract/hmac.ts'
import { parseBase64 } from '../note/base64.ts'

/**
 * Keyed pseudonyms (refs) with epochs. Somebody who has the key can find each entry about one record, case or officer; nobody
 * else can. A country holds the key for its records and cases, a gateway holds the key for actors, and a mandate authority holds the key for the
 * subjects that it shows to each country. A new epoch begins with
 * each rotation. The key file still finds refs of its older epochs. When an epoch is removed from the file, nobody can link its
 * refs to anything.
 */

/**
 * What a pseudonym stands for. The kind is part of the HMAC: an officer and a record with the same id have unrelated refs. A `country` stands for nobody: it
 * shows which key is in use.
 */
export type PseudonymKind = 'record' | 'case' | 'actor' | 'subject' | 'country'

/** One epoch's key. */
export interface Epoch {
  /** Counts from 1, one more with each rotation. */
  readonly epoch: number
  /** When it began, RFC 3339. */
  readonly since: string
  /** The secret key: 32 bytes in Base 64. */
  readonly key: string
}

/** The content of a key file: the epochs, oldest first. */
export interface PseudonymKeys {
  readonly epochs: readonly Epoch[]
}

const KEY_BYTES = 32

/**
 * Adds a new epoch with a random key. It is the current epoch from now on.
 * @param now milliseconds since 1970
 */
export function rotateKeys(keys: PseudonymKeys, now: number): PseudonymKeys {
  const epoch = (keys.epochs.at(-1)?.epoch ?? 0) + 1
  const key = randomBytes(KEY_BYTES).toString('base64')
  return { epochs: [...keys.epochs, { epoch, since: new Date(now).toISOString(), key }] }
}

/**
 * Parses the text of a key file.
 * @throws {TypeError} if it is malformed. The message says what is wrong, and contains no key.
 */
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

/**
 * Computes the pseudonym of an id under the current epoch.
 * @returns the epoch's number, a dot, and the HMAC-SHA-256 in URL-safe Base 64.
 * @throws {RangeError} if there is no epoch.
 */
export function pseudonymOf(kind: PseudonymKind, id: string, { epochs }: PseudonymKeys): string {
  const current = epochs.at(-1)
  if (current === undefined) throw new RangeError('there is no epoch to make a pseudonym under')
  return computePseudonym(kind, id, current)
}

/** Computes the pseudonyms of an id under each epoch, the newest first. A search for the id looks for all of them. */
export function pseudonymsOf(kind: PseudonymKind, id: string, { epochs }: PseudonymKeys): readonly string[] {
  return epochs.map((epoch) => computePseudonym(kind, id, epoch)).reverse()
}

function computePseudonym(kind: PseudonymKind, id: string, epoch: Epoch): string {
  return `${epoch.epoch}.${hmacSha256OfTextBy(keyOf(epoch), `${kind}\u0000${id}`, 'base64url')}`
}

const keys = new WeakMap<Epoch, HmacKey>()

/** Returns the key of an epoch, made ready once: a log entry needs a pseudonym for each record. */
function keyOf(epoch: Epoch): HmacKey {
  const known = keys.get(epoch)
  if (known !== undefined) return known
  const made = padHmacKey(Buffer.from(epoch.key, 'base64'))
  keys.set(epoch, made)
  return made
}
