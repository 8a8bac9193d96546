import type { IncomingMessage } from 'node:http'
import { IstmoError } from '../../contract/errors.ts'
import { LEG_SALT_HEADER, parseLegSalt } from '../../contract/leg-salt.ts'

/** How many salts the node remembers of one hour or part of an hour. All of them take about 100 MB. */
const MAX_REMEMBERED = 500_000

const HOUR_MS = 3_600_000

/** The salts that legs carried. */
export interface LegSalts {
  /**
   * Takes the salt of a leg whose token was verified, and remembers it.
   * @throws {IstmoError} `LEG_SALT_MISSING`, `LEG_SALT_NOT_VALID`, or `LEG_SALT_REPEATED` if another leg of this hour or the hour before had it.
   */
  take(headers: IncomingMessage['headersDistinct']): Uint8Array
  /** Remembers a salt that was used before this process started. */
  remember(salt: Uint8Array): void
}

/**
 * Creates the memory of salts. Under a repeated salt, equal answers would have equal hashes, and the salt of one leg would open the hashes of
 * another one. Only the gateway can add salts, because the node verifies the leg's token first. If there are more than 500,000 in an hour, the
 * node remembers the latest 500,000 at least.
 * @param now milliseconds since the epoch.
 */
export function createLegSalts(now: () => number, mostRemembered = MAX_REMEMBERED): LegSalts {
  let [current, previous] = [new Set<string>(), new Set<string>()]
  let hour = Math.floor(now() / HOUR_MS)
  const turn = (): void => {
    const hourNow = Math.floor(now() / HOUR_MS)
    // A clock that was set back ends no hour, so that nothing is forgotten early.
    if (hourNow > hour + 1) [current, previous] = [new Set(), new Set()]
    else if (hourNow > hour || current.size >= mostRemembered) [current, previous] = [new Set(), current]
    hour = Math.max(hour, hourNow)
  }
  const remember = (salt: Uint8Array): void => {
    turn()
    current.add(keyOf(salt))
  }
  return {
    remember,
    take(headers) {
      const salt = readSalt(headers)
      turn()
      if (current.has(keyOf(salt)) || previous.has(keyOf(salt))) throw new IstmoError('LEG_SALT_REPEATED')
      remember(salt)
      return salt
    },
  }
}

/** Returns a salt as a text of one byte a character, the smallest form of a key. */
function keyOf(salt: Uint8Array): string {
  return Buffer.from(salt).toString('latin1')
}

function readSalt(headers: IncomingMessage['headersDistinct']): Uint8Array {
  const [value, ...others] = headers[LEG_SALT_HEADER.toLowerCase()] ?? []
  if (value === undefined) throw new IstmoError('LEG_SALT_MISSING')
  const salt = others.length === 0 ? parseLegSalt(value) : undefined
  if (salt === undefined) throw new IstmoError('LEG_SALT_NOT_VALID')
  return salt
}
