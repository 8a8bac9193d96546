import { type CryptoKey, calculateJwkThumbprint, importJWK } from 'jose'
import { z } from 'zod'

/** Public keys by their RFC 7638 thumbprints, whatever `kid` the set gives them (docs/design/trust.md, Who signs what). */
export type KeysByThumbprint = ReadonlyMap<string, CryptoKey>

const ed25519 = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().min(1) })
const p256 = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string().min(1), y: z.string().min(1) })
const privatePart = z.looseObject({ d: z.string() })
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(256) })

/**
 * Reads the Ed25519 and P-256 keys of a JSON Web Key Set (RFC 7517, section 5). Keys of other kinds are left out, because nothing here is
 * signed with them.
 * @throws {Error} if it is not a key set, holds a private key, or has a key that cannot be read. The message says what was expected and what came.
 */
export async function readKeySet(value: unknown): Promise<KeysByThumbprint> {
  const parsed = keySet.safeParse(value)
  if (!parsed.success) throw new Error('expected a JSON Web Key Set, `{ "keys": [...] }`; came something else')
  if (parsed.data.keys.some((jwk) => privatePart.safeParse(jwk).success)) {
    throw new Error('expected public keys; came a private one: publish only the public part, and make a new key')
  }
  const keys = await Promise.all(parsed.data.keys.map(readKey))
  return new Map(keys.filter((one) => one !== null))
}

async function readKey(jwk: unknown, at: number): Promise<readonly [string, CryptoKey] | null> {
  const okp = ed25519.safeParse(jwk)
  const ec = p256.safeParse(jwk)
  const publicJwk = okp.data ?? ec.data
  if (publicJwk === undefined) return null
  try {
    const key = (await importJWK({ ...publicJwk }, okp.success ? 'EdDSA' : 'ES256')) as CryptoKey
    return [await calculateJwkThumbprint({ ...publicJwk }), key]
  } catch (cause) {
    throw new Error(`expected a public key in keys.${at}; came one that cannot be read`, { cause })
  }
}
