import { createPublicKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { sha256Url } from './digest.ts'

/** A coordinate of a point, or an Ed25519 key: 32 bytes in strict base64url. */
const coordinate = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .refine((text) => Buffer.from(text, 'base64url').toString('base64url') === text)

/**
 * A public key as a protected header has it (RFC 7517, RFC 8037), without any other member: a private member would make the key public, and
 * `kid` or `alg` would be a second name for what the header says already.
 */
export const sessionKey = z.discriminatedUnion('kty', [
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate }),
])
/** A key of P-256 or Ed25519. */
export type SessionKey = z.infer<typeof sessionKey>

/**
 * The y coordinates, little-endian in hexadecimal digits with the sign bit cleared, of the points of Ed25519 that have a small order. With
 * such a key, a signature fits any text (RFC 8032 section 7, «Verifying the public key»).
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
])

/** Computes the thumbprint of a public key (RFC 7638): SHA-256 of its required members in the order of their names, base64url. */
export function thumbprintOf(key: SessionKey): string {
  const { crv, kty, x } = key
  return sha256Url(JSON.stringify(key.kty === 'EC' ? { crv, kty, x, y: key.y } : { crv, kty, x }))
}

/**
 * Imports a public key.
 * @throws {Error} if the point is not on the curve, or has a small order.
 */
export function importSessionKey(key: SessionKey): KeyObject {
  if (key.kty === 'OKP' && hasSmallOrder(key.x)) throw new Error('expected a key that signs; its order is small')
  return createPublicKey({ key, format: 'jwk' })
}

function hasSmallOrder(x: string): boolean {
  const bytes = Buffer.from(x, 'base64url')
  bytes[31] = (bytes[31] ?? 0) & 0x7f
  return SMALL_ORDER.has(bytes.toString('hex'))
}
