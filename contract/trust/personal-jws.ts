import { calculateJwkThumbprint, FlattenedSign, flattenedVerify, importJWK } from 'jose'
import { z } from 'zod'
import { describePlainly } from '../plain-issue.ts'
import { sha256Url } from './digest.ts'
import { parseJwsPart } from './unambiguous-json.ts'

/**
 * Documents that persons sign with keys of their own: JWS in the general JSON serialization (RFC 7515 section 7.2.1). Each signature has a
 * protected header with the public key, so that a reader who pinned nothing but the key's thumbprint can verify it.
 */

/** The form of a key's thumbprint (RFC 7638), and of all our digests: SHA-256 in base64url. */
export const DIGEST = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'expected SHA-256 in base64url: 43 characters')

/** Texts of so many bytes in base64url, each in the one form that RFC 4648 section 3.5 calls canonical. */
function bytesInBase64Url(length: number, expected: string): z.ZodString {
  return z.string().refine((text) => {
    const bytes = Buffer.from(text, 'base64url')
    return bytes.length === length && bytes.toString('base64url') === text
  }, expected)
}

/** The largest payload, in bytes. */
const MAX_PAYLOAD_BYTES = 16_384

/** With other bits behind the last byte, one key would have several thumbprints, and one person could sign in both roles. */
const COORDINATE = bytesInBase64Url(32, 'expected 32 bytes in base64url')

/** A person's public key: Ed25519 (RFC 8037) or P-256. Other members are refused, most of all `d`. */
const PUBLIC_KEY = z.discriminatedUnion('kty', [
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: COORDINATE }),
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: COORDINATE, y: COORDINATE }),
])
/** A person's public key: Ed25519 or P-256, without any other member. */
export type PersonalPublicKey = Readonly<z.infer<typeof PUBLIC_KEY>>

/** A person's private key as a JWK: the public members and `d`. */
export type PersonalPrivateKey = PersonalPublicKey & { readonly d: string }

const PROTECTED_HEADER = z.strictObject({
  alg: z.enum(['EdDSA', 'ES256']),
  jwk: PUBLIC_KEY,
  kid: DIGEST,
  typ: z.string().max(64),
  role: z.enum(['drafter', 'approver']).optional(),
})
type ProtectedHeader = z.infer<typeof PROTECTED_HEADER>

/** In which role a person signs a mandate. A revocation is signed in no role. */
export type SignerRole = NonNullable<ProtectedHeader['role']>

const BASE64URL = z.string().regex(/^[A-Za-z0-9_-]+$/, 'expected base64url')

const PERSONAL_JWS = z.strictObject({
  payload: BASE64URL.max(Math.ceil((MAX_PAYLOAD_BYTES * 4) / 3)),
  signatures: z
    .array(
      z
        .strictObject({
          protected: BASE64URL.max(2_048),
          signature: bytesInBase64Url(64, 'expected 64 bytes in base64url'),
        })
        .readonly(),
    )
    .min(1)
    .max(2)
    .readonly(),
})
/** A JWS with one or two signatures of persons. Unprotected headers and other members are refused. */
export type PersonalJws = Readonly<z.infer<typeof PERSONAL_JWS>>

/** A valid signature. */
export interface PersonalSignature {
  /** The thumbprint of the key. */
  readonly kid: string
  readonly publicKey: PersonalPublicKey
  readonly role: SignerRole | null
}

/** A document whose signatures are valid. Whose they are, and what the payload may say, is not checked yet. */
export interface VerifiedPersonalJws {
  readonly jws: PersonalJws
  /** The payload: an object that every reader reads in the same way. */
  readonly payload: Readonly<Record<string, unknown>>
  /** SHA-256 of the decoded payload. */
  readonly hash: string
  readonly signatures: readonly PersonalSignature[]
}

/** A signed document is not acceptable. The message says what was expected and what came, and holds no value of the document. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError'
}

/** Computes the hash by which a document is named: SHA-256 of its payload's bytes, base64url. */
export function hashPayload(payload: string): string {
  return sha256Url(Buffer.from(payload, 'base64url'))
}

/** Removes all but the public members of a key. @throws {DocumentError} if it is neither Ed25519 nor P-256. */
export function toPublicKey(key: object): PersonalPublicKey {
  const { kty, crv, x, y } = key as Readonly<Record<string, unknown>>
  const parsed = PUBLIC_KEY.safeParse(kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x })
  if (!parsed.success) throw new DocumentError('expected a key of the curve Ed25519 or P-256 as a JWK; came another')
  return parsed.data
}

/** Computes the thumbprint of a key (RFC 7638), by which partners pin it. */
export function thumbprintOf(key: object): Promise<string> {
  return calculateJwkThumbprint(toPublicKey(key))
}

/**
 * Signs a payload.
 * @param payload the bytes, in base64url
 * @param role null for a document without roles
 * @returns one signature of the general serialization.
 */
export async function signPersonally(
  payload: string,
  key: PersonalPrivateKey,
  { typ, role }: { readonly typ: string; readonly role: SignerRole | null },
): Promise<PersonalJws['signatures'][number]> {
  const jwk = toPublicKey(key)
  const alg = algorithmOf(jwk)
  const kid = await thumbprintOf(jwk)
  const { protected: header, signature } = await new FlattenedSign(Buffer.from(payload, 'base64url'))
    .setProtectedHeader({ alg, jwk, kid, typ, ...(role !== null && { role }) })
    .sign(await importJWK({ ...key }, alg))
  if (header === undefined) throw new TypeError('expected a protected header')
  return { protected: header, signature }
}

/**
 * Verifies each signature of a document.
 * @param value the JWS as JSON text, or parsed
 * @param typ the media type that each protected header must name
 * @throws {DocumentError} if anything is not as it must be.
 */
export async function verifyPersonalJws(value: unknown, typ: string): Promise<VerifiedPersonalJws> {
  const jws = readPersonalJws(value)
  const payload = parseJwsPart(jws.payload)
  if (payload === null) {
    throw new DocumentError(
      'the payload: expected a JSON object in base64url without duplicate members; came another text',
    )
  }
  if (Buffer.byteLength(jws.payload, 'base64url') > MAX_PAYLOAD_BYTES) {
    throw new DocumentError(`the payload: expected at most ${MAX_PAYLOAD_BYTES} bytes; came more`)
  }
  const signatures: PersonalSignature[] = []
  for (const [at, signature] of jws.signatures.entries()) {
    signatures.push(await verifySignature(jws.payload, signature, typ, `signature ${at + 1}`))
  }
  return { jws, payload, hash: hashPayload(jws.payload), signatures }
}

function readPersonalJws(value: unknown): PersonalJws {
  const parsed = PERSONAL_JWS.safeParse(typeof value === 'string' ? readText(value) : value)
  if (parsed.success) return parsed.data
  throw new DocumentError(
    `expected a JWS in JSON with payload and one or two signatures: ${describeIssue(parsed.error)}`,
  )
}

function readText(text: string): unknown {
  const object = parseJwsPart(Buffer.from(text, 'utf8').toString('base64url'))
  if (object === null) throw new DocumentError('expected a JWS in JSON without duplicate members; came another text')
  return object
}

async function verifySignature(
  payload: string,
  { protected: header, signature }: PersonalJws['signatures'][number],
  typ: string,
  where: string,
): Promise<PersonalSignature> {
  const { alg, jwk, kid, role, typ: ownTyp } = readHeader(header, where)
  if (ownTyp !== typ) throw new DocumentError(`${where}: expected \`typ\` to be ${typ}; came another`)
  if (alg !== algorithmOf(jwk)) throw new DocumentError(`${where}: expected \`alg\` to fit the key; came another`)
  if (kid !== (await thumbprintOf(jwk))) {
    throw new DocumentError(`${where}: expected \`kid\` to be the thumbprint of \`jwk\`; came another`)
  }
  try {
    await flattenedVerify({ payload, protected: header, signature }, await importJWK(jwk, alg), { algorithms: [alg] })
  } catch (error) {
    throw new DocumentError(`${where}: expected a valid signature of the payload; it is not valid`, { cause: error })
  }
  return { kid, publicKey: jwk, role: role ?? null }
}

function readHeader(header: string, where: string): ProtectedHeader {
  const parsed = PROTECTED_HEADER.safeParse(parseJwsPart(header))
  if (parsed.success) return parsed.data
  throw new DocumentError(
    `${where}: expected a protected header with alg, jwk, kid, typ and no more than role: ${describeIssue(parsed.error)}`,
  )
}

function algorithmOf({ kty }: PersonalPublicKey): ProtectedHeader['alg'] {
  return kty === 'OKP' ? 'EdDSA' : 'ES256'
}

/** Says in plain words which member of a document is wrong, without its value. */
export function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues
  const path = issue?.path.join('.') || '(the whole)'
  if (issue === undefined) return path
  return `${path}: ${issue.code === 'unrecognized_keys' ? 'came a member that nobody knows' : describePlainly(issue)}`
}
