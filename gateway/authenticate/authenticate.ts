import type { Caller } from '../../contract/access-token.ts'
import { IstmoError } from '../../contract/errors.ts'
import { readBearerToken } from './bearer.ts'
import { isCurrent } from './claims.ts'
import type { Issuer } from './issuer.ts'
import { createKeySource, type KeySourceWorld } from './key-source.ts'
import { verifyToken } from './verify-token.ts'

/** How many verified tokens are remembered: a signature check costs more than a small request (performance.md, 7). */
const MAX_REMEMBERED = 10_000

/** How long a verified token is remembered at most, in seconds: how late the withdrawal of its key is noticed. */
const REMEMBERED_S = 300

/**
 * The caller behind a request's `Authorization` header values, or null where none came and anonymous requests are let in.
 * Rejects with {IstmoError} `TOKEN_MISSING`, `TOKEN_INVALID` or `KEYS_UNAVAILABLE`.
 */
export type Authenticate = (authorization: readonly string[]) => Promise<Caller | null>

/** Who is believed. */
export interface AuthenticateOptions {
  readonly issuers: readonly Issuer[]
  /** Whether a request without a token is let in. A token that does not hold is refused all the same. */
  readonly anonymous: boolean
}

interface Remembered {
  readonly caller: Caller
  readonly untilS: number
}

/**
 * The room that turns a bearer token into a caller. Key set files are read now; key set URLs when first needed.
 * @throws {Error} naming the file when a key set file cannot be used.
 */
export async function createAuthenticate(
  options: AuthenticateOptions,
  world: KeySourceWorld = { now: Date.now },
): Promise<Authenticate> {
  const issuers = await Promise.all(
    options.issuers.map(async (issuer) => ({ issuer, findKey: await createKeySource(issuer.jwks, world) })),
  )
  const remembered = new Map<string, Remembered>()

  return async function authenticate(authorization) {
    const token = readBearerToken(authorization)
    if (token === null) {
      if (options.anonymous) return null
      throw new IstmoError('TOKEN_MISSING')
    }
    const nowS = world.now() / 1000
    const known = recall(remembered, token, nowS)
    if (known !== null) return known
    const caller = await verifyToken(token, issuers, nowS)
    remember(remembered, token, { caller, untilS: nowS + REMEMBERED_S })
    return caller
  }
}

function recall(remembered: Map<string, Remembered>, token: string, nowS: number): Caller | null {
  const entry = remembered.get(token)
  if (entry === undefined) return null
  remembered.delete(token)
  if (nowS >= entry.untilS || !isCurrent(entry.caller, nowS)) return null
  // Put back at the end: a Map's order is then the order of last use.
  remembered.set(token, entry)
  return entry.caller
}

function remember(remembered: Map<string, Remembered>, token: string, entry: Remembered): void {
  remembered.set(token, entry)
  const oldest = remembered.keys().next()
  if (remembered.size > MAX_REMEMBERED && !oldest.done) remembered.delete(oldest.value)
}
