import { takeRandom } from './random-pool.ts'

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * Creates a UUIDv7 (RFC 9562, section 5.7): 48 bits of time, followed by random bits. Ids of the same millisecond are in no
 * particular order.
 * @param now milliseconds since the epoch.
 */
export function createUuidV7(now: number): string {
  const bytes = takeRandom(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Returns the time in a UUIDv7, in milliseconds since the epoch. Undefined for another text. */
export function uuidV7Time(text: string): number | undefined {
  return FORM.test(text) ? Number.parseInt(text.slice(0, 8) + text.slice(9, 13), 16) : undefined
}

/** Checks whether a text is a UUIDv7 in lower case. */
export function isUuidV7(text: string): boolean {
  return FORM.test(text)
}
