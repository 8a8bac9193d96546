import { createHash, hash } from 'node:crypto'
import { hmacSha256OfText } from './hmac.ts'

/**
 * The header `Istmo-Leg-Salt` (docs/design/audit-log.md, Salted hashes): 16 random bytes as a byte sequence of RFC 9651, `:<Base 64>:`. The
 * gateway draws them for each leg. Both audit logs hash the leg's bytes with them, so the two hashes are equal, and nobody confirms a guess
 * without the salt, which both sides can erase.
 */
export const LEG_SALT_HEADER = 'Istmo-Leg-Salt'

/**
 * The header with the salt of another request than a leg, such as the exchange at an authority, in the same form. Nothing is hashed with it: like that of
 * a leg, the answer sends it back (docs/design/contract.md, An answer is of its request).
 */
export const REQUEST_SALT_HEADER = 'Istmo-Request-Salt'

/** The length of a leg's salt, in bytes. */
export const LEG_SALT_BYTES = 16

/** Formats a salt as the value of the header. */
export function formatLegSalt(salt: Uint8Array): string {
  const bytes = Buffer.isBuffer(salt) ? salt : Buffer.from(salt)
  return `:${bytes.toString('base64')}:`
}

/** Parses the value of the header. Returns undefined if it is not a byte sequence of 16 bytes with its padding. */
export function parseLegSalt(value: string): Uint8Array | undefined {
  const [, text] = /^:([A-Za-z0-9+/]{22}==):$/.exec(value.trim()) ?? []
  if (text === undefined) return undefined
  const salt = Buffer.from(text, 'base64')
  // The last digit has four bits that no byte uses. Two texts for one salt would be two salts to whoever compares texts.
  return salt.toString('base64') === text ? salt : undefined
}

/**
 * Whether an answer may be that of the request with this salt. A server that is older than this header sends none back.
 * @param echoed the value that came back. @param salt the value that was sent.
 */
export function isEcho(echoed: string | readonly string[] | undefined, salt: string): boolean {
  return echoed === undefined || echoed === salt
}

/**
 * Returns the salts of a request, as headers that its answer sends back: those that have the form of one.
 * @param headers by lower-case names.
 */
export function echoSalts(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Map<string, string> {
  const echoed = new Map<string, string>()
  for (const name of [LEG_SALT_HEADER, REQUEST_SALT_HEADER]) {
    const value = headers[name.toLowerCase()]
    if (typeof value === 'string' && parseLegSalt(value) !== undefined) echoed.set(name, value)
  }
  return echoed
}

/**
 * Derives the salt of a leg from the salt of its request: the first 16 bytes of HMAC-SHA-256 with the request's salt as the key, over
 * `leg` and the number in decimal digits. Whoever erases the salt of the request erases the salts of all its legs.
 * @param requestSalt the 32 bytes that the gateway drew for the request.
 * @param number counts the messages that the gateway sent for the request, from 1.
 */
export function deriveLegSalt(requestSalt: Uint8Array, number: number): Uint8Array {
  return deriveSalt(requestSalt, `leg${number}`)
}

/**
 * Derives the salt of the hash of a request's question statement in the gateway's entry, in the same way, over `question`. The tool gets it with
 * the evidence, so that whoever has the tool's journal finds the entry of a question, and cannot open anything else of the request.
 */
export function deriveQuestionSalt(requestSalt: Uint8Array): Uint8Array {
  return deriveSalt(requestSalt, 'question')
}

function deriveSalt(requestSalt: Uint8Array, name: string): Uint8Array {
  return Buffer.from(hmacSha256OfText(requestSalt, name, 'hex'), 'hex').subarray(0, LEG_SALT_BYTES)
}

/** Up to how many bytes copying a text behind its salt is cheaper than a hash object. */
const COPY_BYTES = 65_536

/** The input of a salted hash: the salt ‖ the bytes. It is used again each time, because nothing else runs in between. */
const SALTED = Buffer.alloc(64 + COPY_BYTES)

/**
 * Hashes bytes of a leg under its salt: SHA-256(salt ‖ bytes), in hexadecimal digits.
 * @param bytes bytes, or a text, which is hashed in UTF-8.
 */
export function saltedHash(salt: Uint8Array, bytes: Uint8Array | string): string {
  // A UTF-16 unit needs at most three bytes.
  const mostBytes = typeof bytes === 'string' ? bytes.length * 3 : bytes.length
  if (salt.length + mostBytes > SALTED.length) return createHash('sha256').update(salt).update(bytes).digest('hex')
  SALTED.set(salt)
  if (typeof bytes === 'string') {
    return hash('sha256', SALTED.subarray(0, salt.length + SALTED.write(bytes, salt.length)))
  }
  SALTED.set(bytes, salt.length)
  return hash('sha256', SALTED.subarray(0, salt.length + bytes.length))
}
