/**
 * What a node signs about the ids in its answer, so that the node of another country believes that a question led to them
 * (docs/design/trust.md, Given ids). An SD-JWT (RFC 9901) without key binding: the gateway shows each node only the ids that it asks there.
 */
import { type KeyObject, randomBytes, sign } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { isCountryCode } from '../country-code.ts'
import { isRecordId } from '../record-id.ts'
import { sha256Url } from './digest.ts'
import { disclose, readSdJwt, SALT_BYTES, SdJwtError, writeSdJwt } from './sd-jwt.ts'
import { type SessionKey, sessionKey, thumbprintOf } from './session-key.ts'
import { isSignedBySession } from './session-signature.ts'
import { parseJsonArray, parseJwsPart } from './unambiguous-json.ts'

/** The `typ` of given ids. */
const GIVEN_TYPE = 'istmo-given+sd-jwt'

/** The most ids of one answer. Those behind are not given; another country refuses them. */
export const MAX_GIVEN_IDS = 2_000

/** The longest text that a reader takes, in characters. Ids that would make a text longer are left out, as those beyond {@link MAX_GIVEN_IDS} are. */
const MAX_GIVEN_LENGTH = 524_288

/** The characters of a text besides the ids: header, signature and the other claims. */
const FRAME_LENGTH = 2_000

/** The characters of one id besides its disclosure: its digest in the claims, and a tilde. */
const DIGEST_LENGTH = 73

/** How far the clocks of two nodes may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** How long given ids count, in seconds: longer than a question is answered. */
export const GIVEN_LIFETIME_S = 365

/** How many checked statements are remembered. */
const MAX_CHECKED = 2_000

/** How many headers are remembered. All that a node signs has the same one. */
const MAX_HEADERS = 1_000

/** The key with which a node signs: Ed25519. */
export interface NodeKey {
  readonly privateKey: KeyObject
  readonly publicKey: SessionKey
}

/** What a node gives: the ids in one answer to a question. */
export interface GivenIds {
  readonly country: string
  /** The `jti` of the question statement. */
  readonly question: string
  readonly ids: Iterable<string>
  /** In seconds since the epoch. */
  readonly iat: number
}

/** Signs the ids of an answer, each under a salt of its own. Ids beyond {@link MAX_GIVEN_IDS}, and beyond what a reader takes, are left out. */
export function signGivenIds({ country, question, ids, iat }: GivenIds, { privateKey, publicKey }: NodeKey): string {
  const listed = [...ids].slice(0, MAX_GIVEN_IDS)
  // One draw for all: each call of the random generator costs as much as a digest.
  const salts = randomBytes(listed.length * SALT_BYTES)
  const all = listed.map((id, at) => disclose(null, id, salts.subarray(at * SALT_BYTES, (at + 1) * SALT_BYTES)))
  const made = takeShort(all)
  const digests = made.map(({ digest }) => ({ '...': digest }))
  const claims = { iss: country, question, iat, _sd_alg: 'sha-256', ids: digests }
  const text = `${headerOf(publicKey)}.${encode(claims)}`
  const jwt = `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`
  return writeSdJwt({ jwt, disclosures: made.map(({ disclosure }) => disclosure) })
}

/** Returns the first ones, as far as a text with them is not longer than a reader takes. */
function takeShort<Made extends { readonly disclosure: string }>(all: readonly Made[]): readonly Made[] {
  let length = FRAME_LENGTH
  const tooLong = all.findIndex(({ disclosure }) => {
    length += disclosure.length + DIGEST_LENGTH
    return length > MAX_GIVEN_LENGTH
  })
  return tooLong < 0 ? all : all.slice(0, tooLong)
}

const writtenHeaders = new WeakMap<SessionKey, string>()

/** Writes the header of all that a key signs, once. */
function headerOf(jwk: SessionKey): string {
  const header = writtenHeaders.get(jwk) ?? encode({ alg: 'EdDSA', typ: GIVEN_TYPE, jwk })
  writtenHeaders.set(jwk, header)
  return header
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Given ids that do not hold. The message says what was expected, and holds no value from outside. */
export class GivenIdsError extends Error {}

/** Against what given ids are checked. */
export interface GivenIdsSettings {
  /** By the thumbprint of a pinned key: the country whose node signs with it. */
  readonly partners: ReadonlyMap<string, string>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Returns the ids that are shown of one text, for the question with this `jti`.
 * @throws {GivenIdsError} for another form or type, a key that is not pinned for the country, a signature that does not hold, another
 * question, a time that is too old or in the future, and a disclosure that fits no digest.
 */
export type ReadGivenIds = (text: string, question: string) => readonly string[]

const headerSchema = z.strictObject({ alg: z.literal('EdDSA'), typ: z.literal(GIVEN_TYPE), jwk: sessionKey })

/** The form of the claims. */
const claimsSchema = z.strictObject({
  iss: z.string().refine(isCountryCode),
  question: z.string().min(1).max(256),
  iat: z.int().min(0),
  _sd_alg: z.literal('sha-256'),
  ids: z.array(z.strictObject({ '...': z.string().regex(/^[A-Za-z0-9_-]{43}$/) })).max(MAX_GIVEN_IDS),
})

interface CheckedIds {
  readonly question: string
  readonly iat: number
  readonly digests: ReadonlySet<string>
}

/** Makes the reader of a country. It checks each signature once, and the disclosures each time. */
export function createGivenIdsReader({ partners, now }: GivenIdsSettings): ReadGivenIds {
  const checked = new LRUCache<string, CheckedIds>({ max: MAX_CHECKED })
  const headers = new LRUCache<string, ReadHeader>({ max: MAX_HEADERS })
  return (text, question) => {
    if (text.length > MAX_GIVEN_LENGTH) throw new GivenIdsError(`expected at most ${MAX_GIVEN_LENGTH} characters`)
    const { jwt, disclosures } = split(text)
    const hash = sha256Url(jwt)
    const signed = checked.get(hash) ?? check(jwt, { partners, headers })
    checked.set(hash, signed)
    if (signed.question !== question) throw new GivenIdsError('expected ids of this question; came those of another')
    const ageS = now() / 1000 - signed.iat
    if (ageS < -CLOCK_TOLERANCE_S || ageS > GIVEN_LIFETIME_S + CLOCK_TOLERANCE_S) {
      throw new GivenIdsError(`expected ids of the last ${GIVEN_LIFETIME_S} s`)
    }
    return disclosures.map((disclosure) => readId(disclosure, signed.digests))
  }
}

function split(text: string): ReturnType<typeof readSdJwt> {
  try {
    return readSdJwt(text)
  } catch (error) {
    if (error instanceof SdJwtError) throw new GivenIdsError(error.message, { cause: error })
    throw error
  }
}

function check(jwt: string, { partners, headers }: CheckParts): CheckedIds {
  const [headerPart = '', claimsPart = '', signaturePart = '', ...others] = jwt.split('.')
  if (others.length > 0) throw new GivenIdsError('expected a JWT of three parts')
  const { jwk, keyThumbprint } = headers.get(headerPart) ?? readHeader(headerPart)
  const claims = claimsSchema.safeParse(parseJwsPart(claimsPart)).data
  if (claims === undefined) throw new GivenIdsError('expected the claims of given ids and no others')
  const { iss, question, iat, ids } = claims
  if (partners.get(keyThumbprint) !== iss) throw new GivenIdsError('expected a key that is pinned for the country')
  const signature = Buffer.from(signaturePart, 'base64url')
  const isCanonical = signature.toString('base64url') === signaturePart
  const text = `${headerPart}.${claimsPart}`
  if (!isCanonical || !isSignedBySession({ key: jwk, keyThumbprint, alg: 'EdDSA', text, signature })) {
    throw new GivenIdsError('expected a signature of that key')
  }
  // A part of a text would keep the whole text in memory.
  headers.set(Buffer.from(headerPart).toString(), { jwk, keyThumbprint })
  return { question, iat, digests: new Set(ids.map((id) => id['...'])) }
}

interface CheckParts {
  readonly partners: GivenIdsSettings['partners']
  /** The headers of what was signed, by their text. What one says depends on nothing else. */
  readonly headers: LRUCache<string, ReadHeader>
}

interface ReadHeader {
  readonly jwk: SessionKey
  readonly keyThumbprint: string
}

function readHeader(part: string): ReadHeader {
  const header = headerSchema.safeParse(parseJwsPart(part))
  if (!header.success) throw new GivenIdsError('expected the header of given ids')
  const { jwk } = header.data
  if (jwk.kty !== 'OKP') throw new GivenIdsError('expected a key of Ed25519')
  return { jwk, keyThumbprint: thumbprintOf(jwk) }
}

function readId(disclosure: string, digests: ReadonlySet<string>): string {
  if (!digests.has(sha256Url(disclosure))) throw new GivenIdsError('expected a digest for each disclosure')
  const [salt, id, ...others] = parseJsonArray(disclosure) ?? []
  if (typeof salt !== 'string' || !isRecordId(id) || others.length > 0) {
    throw new GivenIdsError('expected each disclosure to be `[salt, id]`')
  }
  return id
}
