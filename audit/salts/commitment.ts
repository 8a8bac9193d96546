import { createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalBytes } from '../log/canonical.ts'

/** How long a salt is, in bytes. */
export const SALT_BYTES = 32

/**
 * A commitment to a value: HMAC-SHA-256 under a salt over its RFC 8785 form, in Base 64 without padding, URL-safe. Who has the salt
 * and the value can show that they belong together; without the salt it tells nothing, whatever the value. Throws a
 * TypeError where the value is no JSON.
 */
export function commitTo(value: unknown, salt: Uint8Array): string {
  return createHmac('sha256', salt).update(canonicalBytes(value)).digest('base64url')
}

/** Whether a commitment is to this value under this salt. Throws as `commitTo` does. */
export function opensTo(commitment: string, value: unknown, salt: Uint8Array): boolean {
  const [came, expected] = [Buffer.from(commitment), Buffer.from(commitTo(value, salt))]
  return came.length === expected.length && timingSafeEqual(came, expected)
}
