import { type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import { PURPOSES, type Purpose } from '../access-token.ts'
import { isCountryCode } from '../country-code.ts'
import { sha256Url } from './digest.ts'
import { readSdJwt, resolveDisclosures, type SdJwt, SdJwtError, writeSdJwt } from './sd-jwt.ts'
import { importSessionKey, sessionKey, thumbprintOf } from './session-key.ts'
import { parseJwsPart } from './unambiguous-json.ts'

/**
 * What an officer's tool signs about one question (docs/design/trust.md, The question statement). Gateway, authority and nodes verify it with
 * this file.
 */

/** The `typ` of a question statement. */
export const QUESTION_TYPE = 'istmo-question+sd-jwt'

/** The disclosed country that stands for all countries of the mandate. */
export const ALL_COUNTRIES = '*'

/** How old a statement may be when it first comes, in seconds. */
export const QUESTION_MAX_AGE_S = 60

/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** How long a statement with its disclosures may be, in characters. */
export const MAX_QUESTION_LENGTH = 131_072

/** How many statements and keys are remembered as verified. The one that was added first is forgotten first. */
const MAX_REMEMBERED = 5_000

/** What a statement says to whom it was shown. */
export interface VerifiedQuestion {
  readonly jti: string
  /** When it was signed, in seconds since the epoch. */
  readonly iat: number
  /** The gateway's address. */
  readonly aud: string
  /** SHA-256 of the access token, base64url. */
  readonly ath: string
  readonly purpose: Purpose
  readonly basis: readonly string[]
  /** SHA-256 of the document's exact text, base64url. */
  readonly doc: string
  /** The document's operation; null if the statement names none. */
  readonly operation: string | null
  /** The thumbprint of the session's key (RFC 7638). */
  readonly keyThumbprint: string
  /** The record id of the case; null if none is disclosed. */
  readonly case: string | null
  /** The digest of the case's disclosure, also where it is not disclosed; null if the statement states no case. */
  readonly caseDigest: string | null
  /** The disclosed countries: codes, or {@link ALL_COUNTRIES}. */
  readonly countries: readonly string[]
  /** The disclosed variables by name. */
  readonly variables: ReadonlyMap<string, unknown>
  /** How many digests are not disclosed, by what they hide. */
  readonly undisclosed: Readonly<Record<'case' | 'countries' | 'variables', number>>
  /** The signed JWT without disclosures, in compact form. */
  readonly jwt: string
  /** The text of each disclosure, by country and by name. */
  readonly disclosures: {
    readonly case: string | null
    readonly countries: ReadonlyMap<string, string>
    readonly variables: ReadonlyMap<string, string>
  }
}

/** What a statement is checked against. */
export interface QuestionChecks {
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  /** The gateway's address that `aud` must be. Default: any. */
  readonly audience?: string
  /** How old the statement may be, in seconds. Default: {@link QUESTION_MAX_AGE_S}. */
  readonly maxAgeS?: number
}

/** A statement that is not valid. The message says what was expected and what came, and holds no value from outside. */
export class QuestionError extends Error {}

const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const digests = (most: number) => z.array(digest).max(most)
const headerSchema = z.strictObject({ alg: z.enum(['EdDSA', 'ES256']), typ: z.literal(QUESTION_TYPE), jwk: sessionKey })
const claimsSchema = z.strictObject({
  aud: z.string().min(1).max(1_024),
  iat: z.int().min(0),
  jti: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  ath: digest,
  purpose: z.enum(PURPOSES),
  basis: z.array(z.string().min(1).max(256)).max(64),
  doc: digest,
  operation: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,255}$/)
    .optional(),
  _sd_alg: z.literal('sha-256'),
  _sd: digests(1).optional(),
  countries: z
    .array(z.strictObject({ '...': digest }))
    .min(1)
    .max(256),
  variables: z.strictObject({ _sd: digests(256) }),
})
type Claims = z.infer<typeof claimsSchema>

/** A statement whose signature was verified, without disclosures. */
interface SignedPart {
  readonly claims: Claims
  readonly keyThumbprint: string
}

const verified = new Map<string, SignedPart>()
const keys = new Map<string, KeyObject>()

/**
 * Verifies a question statement with the disclosures that it was shown with. The signature check is remembered by the hash of the JWT, so that
 * a second set of disclosures of the same question costs only their digests.
 * @throws {QuestionError} for another form, type, algorithm or key; a header that names another key; claims that are missing, unknown or
 * malformed; a signature that does not hold; another audience; a time in the future or too long ago; disclosures that fit nothing.
 */
export function verifyQuestion(text: string, checks: QuestionChecks): VerifiedQuestion {
  if (text.length > MAX_QUESTION_LENGTH) {
    throw new QuestionError(`expected at most ${MAX_QUESTION_LENGTH} characters; came ${text.length}`)
  }
  try {
    const shown = readSdJwt(text)
    const signed = readSigned(shown.jwt)
    checkTimes(signed.claims, checks)
    return readDisclosed(shown, signed)
  } catch (error) {
    if (error instanceof SdJwtError) throw new QuestionError(error.message, { cause: error })
    throw error
  }
}

/**
 * Writes a statement with a part of its disclosures: the country, the case if `withCase`, and the variables that `keeps` keeps.
 * A country that is not disclosed by its code is shown by {@link ALL_COUNTRIES}.
 */
export function showQuestion(
  { jwt, disclosures }: VerifiedQuestion,
  shown: { readonly country: string; readonly withCase: boolean; readonly keeps: (variable: string) => boolean },
): string {
  const country = disclosures.countries.get(shown.country) ?? disclosures.countries.get(ALL_COUNTRIES)
  const kept = [
    shown.withCase ? disclosures.case : null,
    country ?? null,
    ...[...disclosures.variables].map(([name, text]) => (shown.keeps(name) ? text : null)),
  ]
  return writeSdJwt({ jwt, disclosures: kept.filter((text) => text !== null) })
}

function readSigned(jwt: string): SignedPart {
  const hash = sha256Url(jwt)
  const known = verified.get(hash)
  if (known !== undefined) return known
  const [headerPart = '', claimsPart = '', signaturePart = '', ...others] = jwt.split('.')
  if (others.length > 0) throw new QuestionError('expected a JWT of three parts')
  const header = readPart(headerSchema, headerPart, 'the header')
  const claims = readPart(claimsSchema, claimsPart, 'the claims')
  if ((header.alg === 'ES256') !== (header.jwk.kty === 'EC')) {
    throw new QuestionError('expected ES256 with a key of P-256, or EdDSA with a key of Ed25519')
  }
  const keyThumbprint = thumbprintOf(header.jwk)
  const key = keys.get(keyThumbprint) ?? importKey(header.jwk)
  const signature = Buffer.from(signaturePart, 'base64url')
  const isCanonical = signature.toString('base64url') === signaturePart
  if (!isCanonical || !isSignedBy(key, header.alg, `${headerPart}.${claimsPart}`, signature)) {
    throw new QuestionError('expected a signature that the key in the header made')
  }
  remember(keys, keyThumbprint, key)
  const signed = { claims, keyThumbprint }
  remember(verified, hash, signed)
  return signed
}

function importKey(jwk: z.infer<typeof sessionKey>): KeyObject {
  try {
    return importSessionKey(jwk)
  } catch (cause) {
    throw new QuestionError('expected a key whose point is on its curve, and of full order', { cause })
  }
}

function isSignedBy(key: KeyObject, alg: string, text: string, signature: Uint8Array): boolean {
  const data = Buffer.from(text)
  if (alg === 'EdDSA') return verify(null, data, key, signature)
  return verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

function readPart<T>(schema: z.ZodType<T>, part: string, name: string): T {
  const json = parseJwsPart(part)
  if (json === null) throw new QuestionError(`expected ${name} to be a JSON object without duplicate members`)
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue?.code === 'unrecognized_keys') throw new QuestionError(`expected no other members in ${name}`)
  throw new QuestionError(`expected a well-formed \`${issue?.path.join('.') ?? ''}\` in ${name}`)
}

function checkTimes({ iat, aud }: Claims, { now, audience, maxAgeS = QUESTION_MAX_AGE_S }: QuestionChecks): void {
  const age = Math.floor(now() / 1000) - iat
  if (age < -CLOCK_TOLERANCE_S) throw new QuestionError(`expected \`iat\` to be now; came one ${-age} s in the future`)
  if (age > maxAgeS) throw new QuestionError(`expected \`iat\` at most ${maxAgeS} s ago; came ${age} s`)
  if (audience !== undefined && aud !== audience) throw new QuestionError('expected `aud` to be the gateway’s address')
}

function readDisclosed({ jwt, disclosures: shown }: SdJwt, { claims, keyThumbprint }: SignedPart): VerifiedQuestion {
  const { disclosed, undisclosed } = resolveDisclosures(claims, shown)
  const countries = new Map<string, string>()
  const variables = new Map<string, unknown>()
  const variableTexts = new Map<string, string>()
  let caseText: string | null = null
  let caseId: string | null = null
  for (const { at, name, value, disclosure } of disclosed) {
    const place = at.join('.')
    if (place === '') {
      caseId = readCase(name, value)
      caseText = disclosure
    } else if (place === 'countries') {
      countries.set(readCountry(value, countries), disclosure)
    } else if (place === 'variables' && name !== null) {
      variables.set(name, value)
      variableTexts.set(name, disclosure)
    } else throw new QuestionError('expected no digests inside a disclosed value')
  }
  const hidden = { case: 0, countries: 0, variables: 0 }
  for (const [place, count] of undisclosed) {
    if (place === '') hidden.case = count
    else if (place === 'countries' || place === 'variables') hidden[place] = count
    else throw new QuestionError('expected no digests inside a disclosed value')
  }
  const { operation = null, aud, iat, jti, ath, purpose, basis, doc } = claims
  return {
    ...{ jti, iat, aud, ath, purpose, basis, doc, operation, keyThumbprint, case: caseId, jwt },
    ...{ caseDigest: claims._sd?.[0] ?? null, countries: [...countries.keys()], variables, undisclosed: hidden },
    disclosures: { case: caseText, countries, variables: variableTexts },
  }
}

function readCase(name: string | null, value: unknown): string {
  if (name === 'case' && typeof value === 'string' && value !== '' && value.length <= 256) return value
  throw new QuestionError('expected only `case` to be disclosed at the top, as a record id')
}

function readCountry(value: unknown, before: ReadonlyMap<string, string>): string {
  const isCode = typeof value === 'string' && (value === ALL_COUNTRIES || isCountryCode(value))
  if (isCode && before.has(value)) throw new QuestionError('expected each country once; one came twice')
  if (isCode) return value
  throw new QuestionError('expected each disclosed country to be a code or `*`')
}

/** Adds to a map, and forgets what was added first when the map is full. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value)
  if (map.size <= MAX_REMEMBERED) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
