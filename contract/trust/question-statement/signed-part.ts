/** The signed part of a question statement: form, key and signature, each checked once for each text. */
import { z } from 'zod'
import { type Detail, detail, phraseDetail } from '../../error-details.ts'
import { sha256Url } from '../digest.ts'
import { rememberHeader } from '../remember-header.ts'
import { sessionKey, thumbprintOf } from '../session-key.ts'
import { isSignedBySession, isSignedBySessionSoon, type SignedText } from '../session-signature.ts'
import { parseJwsPart } from '../unambiguous-json.ts'
import { claimsSchema, type QuestionClaims } from './claims.ts'

/** The `typ` of a question statement. */
const QUESTION_TYPE = 'istmo-question+sd-jwt'

/** How many statements are remembered as verified. The one that was added first is forgotten first. */
const MAX_REMEMBERED = 5_000

/** A statement that is not valid. The message says in English what was expected and what came, and holds no value from outside. */
export class QuestionError extends Error {
  /** What the message says, for a reader of another language; the English text if there is no other. */
  readonly detail: Detail | string

  constructor(given: Detail | string, options?: ErrorOptions) {
    super(phraseDetail(typeof given === 'string' ? given : [given]), options)
    this.detail = given
  }
}

const headerSchema = z.strictObject({ alg: z.enum(['EdDSA', 'ES256']), typ: z.literal(QUESTION_TYPE), jwk: sessionKey })

/** A statement whose signature was verified, without disclosures. */
export interface SignedPart {
  readonly claims: QuestionClaims
  /** The thumbprint of the session's key (RFC 7638). */
  readonly keyThumbprint: string
}

/** A header that was read, and the thumbprint of its key. */
interface ReadHeader {
  readonly alg: 'EdDSA' | 'ES256'
  readonly jwk: z.infer<typeof sessionKey>
  readonly keyThumbprint: string
}

const verified = new Map<string, SignedPart>()

/**
 * Reads the JWT of a statement. Its signature check is remembered by the hash of the JWT.
 * @throws {QuestionError} for another form, type, algorithm or key, malformed claims, or a signature that does not hold.
 */
export function readSignedPart(jwt: string): SignedPart {
  const hash = sha256Url(jwt)
  const known = verified.get(hash)
  if (known !== undefined) return known
  const { part, signed } = parseSigned(jwt)
  if (!isSigned(signed)) throw notSigned()
  remember(verified, hash, part)
  return part
}

/**
 * Reads the JWT of a statement as {@link readSignedPart} does, with its signature on another thread. It remembers nothing: a statement comes to a
 * gateway once, and to a node with each leg. Rejects where that function throws.
 */
export async function readSignedPartSoon(jwt: string): Promise<SignedPart> {
  const { part, signed } = parseSigned(jwt)
  const holds = await isSignedBySessionSoon(signed).catch((cause: unknown) => {
    throw badKey(cause)
  })
  if (!holds) throw notSigned()
  return part
}

/** Reads a JWT, whose signature is for the caller to verify. */
function parseSigned(jwt: string): { readonly part: SignedPart; readonly signed: SignedText } {
  const [headerPart = '', claimsPart = '', signaturePart = '', ...others] = jwt.split('.')
  if (others.length > 0) throw new QuestionError(detail('STATEMENT_FORM'))
  const { alg, jwk: key, keyThumbprint } = readHeader(headerPart)
  const claims = readClaims(claimsPart)
  const signature = Buffer.from(signaturePart, 'base64url')
  const isCanonical = signature.toString('base64url') === signaturePart
  if (!isCanonical) throw notSigned()
  const signed = { key, keyThumbprint, alg, text: `${headerPart}.${claimsPart}`, signature }
  return { part: { claims, keyThumbprint }, signed }
}

const readHeader = rememberHeader((part): ReadHeader => {
  const { alg, jwk } = readForm(headerSchema, parsePart(part, 'HEADER'), 'HEADER')
  if ((alg === 'ES256') !== (jwk.kty === 'EC')) {
    throw new QuestionError(detail('STATEMENT_KEY_KIND'))
  }
  return Object.freeze({ alg, jwk, keyThumbprint: thumbprintOf(jwk) })
})

function isSigned(signed: SignedText): boolean {
  try {
    return isSignedBySession(signed)
  } catch (cause) {
    throw badKey(cause)
  }
}

function notSigned(): QuestionError {
  return new QuestionError(detail('STATEMENT_SIGNATURE'))
}

function badKey(cause: unknown): QuestionError {
  return new QuestionError(detail('STATEMENT_KEY_POINT'), { cause })
}

function readClaims(part: string): QuestionClaims {
  return readForm(claimsSchema, parsePart(part, 'CLAIMS'), 'CLAIMS')
}

/** A part of a JWT, as the texts about it are named. */
type PartName = 'HEADER' | 'CLAIMS'

function parsePart(part: string, name: PartName): Record<string, unknown> {
  const json = parseJwsPart(part)
  if (json === null) throw new QuestionError(detail(`STATEMENT_${name}_NOT_JSON`))
  return json
}

function readForm<T>(schema: z.ZodType<T>, json: unknown, name: PartName): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue?.code === 'unrecognized_keys') throw new QuestionError(detail(`STATEMENT_${name}_MEMBERS`))
  throw new QuestionError(detail(`STATEMENT_${name}_MEMBER`, { member: issue?.path.join('.') ?? '' }))
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
