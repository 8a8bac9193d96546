import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { thumbprintOf } from '../../contract/trust/personal-jws.ts'

/** Keys of the test gateway and of the test authority, and the tokens that they sign. No real gateway or authority has them. */

/** An Ed25519 key pair. */
export interface TestKey {
  readonly privateKey: KeyObject
  /** The public key as a JWK, with its thumbprint (RFC 7638) as `kid`. */
  readonly publicJwk: Readonly<Record<string, unknown>> & { readonly kid: string }
}

/** A private key as it is kept in a file. */
export type PrivateJwk = Readonly<Record<string, unknown>>

/** Makes a new key. */
export function makeTestKey(): Promise<TestKey> {
  return toTestKey(generateKeyPairSync('ed25519').privateKey)
}

/** Reads a key from its file's form. Rejects with {Error} if it is not a private Ed25519 key. */
export function readTestKey(jwk: PrivateJwk): Promise<TestKey> {
  return toTestKey(createPrivateKey({ key: jwk, format: 'jwk' }))
}

/** Writes a key in its file's form, with the private part. */
export function writeTestKey({ privateKey }: TestKey): PrivateJwk {
  return { ...privateKey.export({ format: 'jwk' }) }
}

async function toTestKey(privateKey: KeyObject): Promise<TestKey> {
  const { kty, crv, x } = createPublicKey(privateKey).export({ format: 'jwk' })
  const kid = await thumbprintOf({ kty, crv, x })
  return { privateKey, publicJwk: { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' } }
}

/** Signs claims as a JWT with EdDSA (RFC 7515, RFC 8037). */
export function signTestToken({ privateKey, publicJwk }: TestKey, typ: string, claims: object): string {
  const signed = `${encode({ alg: 'EdDSA', typ, kid: publicJwk.kid })}.${encode(claims)}`
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
