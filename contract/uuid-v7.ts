import { takeRandom } from './random-pool.ts'

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * Creates a UUIDv7 (RFC 9562, section 5.7): 48 bits of time, followed by random bits. Ids of the same millisecond are in no
 * particular order.
 * @param now milliseconds since the epoch.
 */
export function createUuidV7(now: number): string {
  if (now !== newest.now) newest = { now, head: headOf(now) }
  if (unused === digits.length) {
    digits = takeRandom(POOL_BYTES).toString('hex')
    unused = 0
  }
  const at = unused
  unused += DIGITS
  // No part has more than twelve digits: longer parts of a text would keep the whole of it in memory.
  const variant = VARIANTS[digits.charCodeAt(at + 3) & 3]
  return `${newest.head}${digits.slice(at, at + 3)}-${variant}${digits.slice(at + 4, at + 7)}-${digits.slice(at + 7, at + DIGITS)}`
}

/** How many random digits an id takes. Of one, two bits are used. */
const DIGITS = 19

/** How many bytes the digits of some ids are made of. Each digit is used once. */
const POOL_BYTES = 38 * 50

const VARIANTS = '89ab'

let digits = ''
let unused = 0

/** What the ids of a millisecond begin with. */
let newest = { now: 0, head: headOf(0) }

function headOf(now: number): string {
  const time = now.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7`
}

/** Returns the time in a UUIDv7, in milliseconds since the epoch. Undefined for another text. */
export function uuidV7Time(text: string): number | undefined {
  return FORM.test(text) ? Number.parseInt(text.slice(0, 8) + text.slice(9, 13), 16) : undefined
}

/** Checks whether a text is a UUIDv7 in lower case. */
export function isUuidV7(text: string): boolean {
  return FORM.test(text)
}
