import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { parseJson } from '../../json-value.ts'
import { DocumentError, describeIssue } from '../personal-jws.ts'

/**
 * The keys with which officers are revealed (docs/design/trust.md, Reveal). A holder has one pair that opens what others seal, and an auditor
 * one pair more that signs requests: one key never does both.
 */

/** The algorithm with which something is sealed to a key (RFC 7518 section 4.6). */
export const SEALING_ALGORITHM = 'ECDH-ES'

/** The most keys in one file. */
const MAX_KEYS = 16

const COORDINATE = z.string().regex(/^[\w-]{43}$/, 'expected 32 bytes in base64url')
const KID = z.string().regex(/^[\w-]{43}$/, 'expected a thumbprint (RFC 7638)')
const SEALING = { use: z.literal('enc'), alg: z.literal(SEALING_ALGORITHM), kid: KID }
const SIGNING = { use: z.literal('sig'), alg: z.literal('EdDSA'), kid: KID }
const X25519 = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('X25519'), x: COORDINATE, ...SEALING })
const P256 = z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: COORDINATE, y: COORDINATE, ...SEALING })
const ED25519 = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: COORDINATE, ...SIGNING })
const SECRET = { d: COORDINATE }
const PUBLIC_KEY = z.union([X25519, P256, ED25519])
const PRIVATE_KEY = z.union([X25519.extend(SECRET), P256.extend(SECRET), ED25519.extend(SECRET)])
const PUBLIC_SET = z.strictObject({ keys: z.array(PUBLIC_KEY).min(1).max(MAX_KEYS) })
const PRIVATE_SET = z.strictObject({ keys: z.array(PRIVATE_KEY).min(1).max(MAX_KEYS) })

/** A public key as a JWK. `use` says whether one seals to it or it verifies requests; `kid` is its thumbprint (RFC 7638). */
export type RevealPublicKey = Readonly<z.infer<typeof PUBLIC_KEY>>
/** A private key as a JWK. */
export type RevealPrivateKey = Readonly<z.infer<typeof PRIVATE_KEY>>

/** A key that is ready to use, and its thumbprint. */
export interface RevealKey {
  readonly kid: string
  readonly key: CryptoKey
}

/** The keys of one holder, those to seal or open with apart from those of signatures. */
export interface RevealKeys {
  readonly sealing: readonly RevealKey[]
  readonly signing: readonly RevealKey[]
}

/** The private keys of one holder, and the public halves of those that sign. */
export interface RevealPrivateKeys extends RevealKeys {
  readonly verifying: readonly RevealKey[]
}

/** The curves of keys to which something is sealed. */
export const SEALING_CURVES = ['X25519', 'P-256'] as const

/**
 * Makes new keys.
 * @param signs whether they have a pair that signs requests: an auditor's do.
 */
export async function generateRevealKeys(
  curve: (typeof SEALING_CURVES)[number],
  signs: boolean,
): Promise<readonly RevealPrivateKey[]> {
  const sealing = await generateKeyPair(SEALING_ALGORITHM, { crv: curve, extractable: true })
  const keys = [{ ...(await exportJWK(sealing.privateKey)), use: 'enc', alg: SEALING_ALGORITHM }]
  if (signs) {
    const signing = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
    keys.push({ ...(await exportJWK(signing.privateKey)), use: 'sig', alg: 'EdDSA' })
  }
  const named = keys.map(async (key) => PRIVATE_KEY.parse({ ...key, kid: await calculateJwkThumbprint(key) }))
  return Promise.all(named)
}

/** Leaves the secrets out. */
export function toPublicKeys(keys: readonly RevealPrivateKey[]): readonly RevealPublicKey[] {
  return keys.map(({ d: _, ...shown }) => shown)
}

/**
 * Reads a set of public keys.
 * @throws {DocumentError} if it has another form, holds a secret, or a `kid` is not the key's thumbprint. The message holds no value of it.
 */
export function readPublicKeys(text: string): Promise<RevealKeys> {
  return readKeys(text, PUBLIC_SET, 'a set of public keys as `istmo audit reveal key` and `istmo reveal key` write it')
}

/**
 * Reads a set of private keys.
 * @throws {DocumentError} if it has another form, or a `kid` is not the key's thumbprint. The message holds no value of it.
 */
export function readPrivateKeys(text: string): Promise<RevealPrivateKeys> {
  return readKeys(text, PRIVATE_SET, 'a file of private keys')
}

async function readKeys(
  text: string,
  schema: typeof PUBLIC_SET | typeof PRIVATE_SET,
  what: string,
): Promise<RevealPrivateKeys> {
  const parsed = schema.safeParse(parseJson(text))
  if (!parsed.success) throw new DocumentError(`expected ${what}: ${describeIssue(parsed.error)}`)
  const read = parsed.data.keys.map(async ({ use, alg, kid, ...jwk }) => {
    if ((await calculateJwkThumbprint(jwk)) !== kid) {
      throw new DocumentError(`expected ${what}, with the thumbprint of each key as its kid; one has another`)
    }
    const { d: _, ...shown }: JWK = jwk
    const importing = Promise.all([jwk, shown].map((each) => importJWK(each, alg) as Promise<CryptoKey>))
    const [key, verifying] = (await importing.catch((cause: unknown) => {
      throw new DocumentError(`expected ${what}; one key is not on its curve`, { cause })
    })) as [CryptoKey, CryptoKey]
    return { use, own: { kid, key }, shown: { kid, key: verifying } }
  })
  const { enc: sealing = [], sig: signing = [] } = Object.groupBy(await Promise.all(read), ({ use }) => use)
  return {
    sealing: sealing.map(({ own }) => own),
    signing: signing.map(({ own }) => own),
    verifying: signing.map(({ shown }) => shown),
  }
}
