import { CompactSign, compactVerify } from 'jose'
import { z } from 'zod'
import { isUuidV7 } from '../../uuid-v7.ts'
import { sha256Url } from '../digest.ts'
import { parseDocument } from '../parse-document.ts'
import { DIGEST, DocumentError } from '../personal-jws.ts'
import { parseJwsPart } from '../unambiguous-json.ts'
import type { RevealKey } from './reveal-keys.ts'

/** An auditor's signed request to learn which officer stands behind a pseudonym (docs/design/trust.md, Reveal). */

/** The `typ` of a request. */
export const REVEAL_REQUEST_TYPE = 'istmo-reveal-request+jwt'

/** The longest request, in characters. */
export const MAX_REVEAL_REQUEST_LENGTH = 8_192

/** A text of one line, as it may stand in an entry. */
const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'expected one line of text')

const ABOUT = z.union([
  /** The officer's ref in the authority's own log. */
  z.strictObject({
    ref: z.string().regex(/^[1-9]\d*\.[\w-]{43}$/, 'expected a ref: a number, a dot and 43 characters'),
  }),
  /** The `jti` of an access token or country token, and a time at which it was used, in seconds since 1970. */
  z.strictObject({ token: line(200), at: z.int().min(0) }),
  /** The `sub` that a country or a gateway sees, and the country's code or the gateway's address. */
  z.strictObject({ subject: z.string().regex(/^[1-9]\d*\.[\w-]{43}$/), audience: line(200) }),
])

const CLAIMS = z.strictObject({
  v: z.literal(1),
  /** The authority's `iss`. */
  aud: line(200),
  iat: z.int().min(0),
  jti: z.string().refine(isUuidV7, 'expected a UUIDv7'),
  about: ABOUT,
  /** Where the auditor found it: the origin of a log, and the id of an entry. */
  found: z.strictObject({ log: line(200), entry: z.string().refine(isUuidV7) }).optional(),
  /** Why: the number of an order or a complaint, never a name. */
  reason: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[^\p{Cc}\p{Cs}]*\S[^\p{Cc}\p{Cs}]*$/u, 'expected a reason in one line'),
  /** The thumbprint of the auditor's key to which the answer is sealed. */
  seal_to: DIGEST,
})
/** What a request says. */
export type RevealRequestClaims = Readonly<z.infer<typeof CLAIMS>>
/** What a request is about. */
export type RevealAbout = RevealRequestClaims['about']

const HEADER = z.strictObject({ alg: z.literal('EdDSA'), typ: z.literal(REVEAL_REQUEST_TYPE), kid: DIGEST })

/** A request whose signature is valid. */
export interface RevealRequest {
  readonly claims: RevealRequestClaims
  /** The thumbprint of the key that signed it. */
  readonly kid: string
  /** SHA-256 of its header and claims as they were signed, base64url. An authority answers each hash once; a signature can be written in several ways. */
  readonly hash: string
}

/**
 * Signs a request.
 * @throws {DocumentError} if a claim is malformed. The message names it, and holds no value.
 */
export async function signRevealRequest(claims: RevealRequestClaims, { kid, key }: RevealKey): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(readClaims(claims))))
    .setProtectedHeader({ alg: 'EdDSA', typ: REVEAL_REQUEST_TYPE, kid })
    .sign(key)
}

/** Reads the thumbprint of the key that is said to have signed a request; null for any other text. It verifies nothing. */
export function readRequestKid(text: string): string | null {
  if (text.length > MAX_REVEAL_REQUEST_LENGTH) return null
  const header = HEADER.safeParse(parseJwsPart(text.split('.')[0] ?? ''))
  return header.success ? header.data.kid : null
}

/**
 * Verifies a request.
 * @param keys the auditor's keys of signatures.
 * @throws {DocumentError} if it is malformed, or none of the keys signed it.
 */
export async function verifyRevealRequest(text: string, keys: readonly RevealKey[]): Promise<RevealRequest> {
  const kid = readRequestKid(text)
  if (kid === null)
    throw new DocumentError('expected a request as `istmo audit reveal request` makes it; came another text')
  const own = keys.find((key) => key.kid === kid)
  if (own === undefined)
    throw new DocumentError('expected a request that one of these keys signed; another key signed it')
  try {
    await compactVerify(text, own.key, { algorithms: ['EdDSA'] })
  } catch (cause) {
    throw new DocumentError('expected a request that its key signed; the signature does not hold', { cause })
  }
  const [header, claims = ''] = text.split('.')
  return { claims: readClaims(parseJwsPart(claims)), kid, hash: sha256Url(`${header}.${claims}`) }
}

function readClaims(value: unknown): RevealRequestClaims {
  const parsed = CLAIMS.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new DocumentError(`expected a well-formed \`${issue?.path.join('.') || 'request'}\` in the request`)
}

/** The folder for approved requests, in the home of the authority's audit log. */
export const REVEAL_ACTS_FOLDER = 'reveal-acts'

const REVEAL_ACT = z.strictObject({
  token: z.string().min(1).max(16_384),
  /** The auditor's signed request. */
  request: z.string().min(1).max(MAX_REVEAL_REQUEST_LENGTH),
})

/**
 * Parses what a security officer hands to a running authority, so that it writes down that a request is approved. The token of the login provider
 * says who approves.
 * @throws {DocumentError} if it is malformed. The message holds no value of it.
 */
export function parseRevealAct(bytes: Uint8Array): Readonly<z.infer<typeof REVEAL_ACT>> {
  return parseDocument(REVEAL_ACT, bytes, 'an approval: token and request')
}

const ANSWER = z.strictObject({
  /** The index of the `officer-seal` entry, and of the `reveal` entry that was written, now or when the same request came before. */
  seal: z.int().min(0),
  reveal: z.int().min(0),
  isRepeated: z.boolean(),
  /** The salt of the seal, sealed to the authority's reveal key. */
  salt: z.string().max(4_096),
})
/** What the authority answers when the entry is durable. It does not have its reveal key, so its answer opens nothing. */
export type RevealActAnswer = Readonly<z.infer<typeof ANSWER>>

/**
 * Parses an answer.
 * @throws {DocumentError} if it is malformed.
 */
export function parseRevealActAnswer(text: string): RevealActAnswer {
  return parseDocument(ANSWER, Buffer.from(text), 'an answer of the authority')
}
