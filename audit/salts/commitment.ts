import { timingSafeEqual } from 'node:crypto'
import { hmacSha256, hmacSha256OfText, padHmacKey } from '../../contract/hmac.ts'
import { canonicalBytes } from '../log/canonical.ts'

/** The length of a salt, in bytes. */
export const SALT_BYTES = 32

/**
 * Commits to a value: computes the HMAC-SHA-256 of its canonical JSON (RFC 8785), with the salt as the key. Somebody who has the
 * salt and the value can prove that they belong together. Without the salt, the commitment reveals nothing about the value.
 * @returns 43 characters of URL-safe Base 64, without padding.
 * @throws {TypeError} if the value is not JSON.
 */
export function commitTo(value: unknown, salt: Uint8Array): string {
  return hmacSha256(padHmacKey(salt), canonicalBytes(value)).toString('base64url')
}

/**
 * Does what {@link commitTo} does, for a value that is written already.
 * @param canonical the value as canonical JSON
 */
export function commitToText(canonical: string, salt: Uint8Array): string {
  return hmacSha256OfText(salt, canonical, 'base64url')
}

/** Checks whether a commitment is to this value under this salt. Throws as `commitTo` does. */
export function opensTo(commitment: string, value: unknown, salt: Uint8Array): boolean {
  const [came, expected] = [Buffer.from(commitment), Buffer.from(commitTo(value, salt))]
  return came.length === expected.length && timingSafeEqual(came, expected)
}
