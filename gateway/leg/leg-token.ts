import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Caller, Grounds } from '../../contract/access-token.ts'
import {
  LEG_TOKEN_ALGORITHM,
  LEG_TOKEN_LIFETIME_S,
  LEG_TOKEN_TYPE,
  type LegClaims,
  type LegTokenUse,
  operationHash,
} from '../../contract/leg-token.ts'
import type { Leg } from '../types/flow.ts'
import type { LegKey } from './leg-key.ts'

/** How many signed tokens are kept; the one that was used longest ago is forgotten first. */
const MAX_KEPT_TOKENS = 10_000

/** How long before its end a kept token is signed anew, in seconds: the leg needs time to arrive. */
const RENEW_BEFORE_END_S = 10

/** A leg's token lives at least so long, in seconds: as much as clocks may differ, since a caller's token holds as much longer. */
const LEAST_LIFETIME_S = 5

/** What a leg's token is bound to: who asks, which country, and the exact `query` text. */
export interface LegTokenRequest {
  readonly caller: Caller | null
  readonly country: string
  readonly query: string
  readonly grounds: Grounds | null
  /** What the leg needs of the caller's rights. */
  readonly rights: NonNullable<Leg['rights']>
  /** `once`: the token is signed anew, and given to nobody else. */
  readonly use: LegTokenUse
}

/** The token for one leg, as a compact JWS. The same caller, country and text get the same token until shortly before its end, where
 * the country takes it more than once. */
export type SignLegToken = (request: LegTokenRequest) => Promise<string>

/** Who signs. `now`: milliseconds since the epoch. */
export interface LegTokenOptions {
  readonly key: LegKey
  /** The gateway's name: `iss` and `act.sub`. */
  readonly gateway: string
  readonly now?: () => number
}

/** A signed token that is given to each leg that it fits. */
export interface KeptToken {
  readonly token: Promise<string>
  /** Until when it is given to a leg, in seconds since the epoch. */
  readonly untilS: number
}

/**
 * Signs what a country needs to know of who asks (docs/design/access.md, The leg): a token that holds at that country alone, for that
 * text alone, at most a minute. The caller's own token never leaves the gateway.
 */
export function createLegTokenSigner(options: LegTokenOptions): SignLegToken {
  const now = options.now ?? Date.now
  const kept = new LRUCache<string, KeptToken>({ max: MAX_KEPT_TOKENS })
  const numberOf = createCallerNumbers()

  return async function signLegToken(request) {
    const { caller, country, grounds, rights } = request
    const nowS = Math.floor(now() / 1000)
    const op = operationHash(request.query)
    if (request.use === 'once') return sign(legClaims(options.gateway, request, op, nowS), options.key)
    const cacheKey = `${numberOf(caller)} ${country} ${op} ${JSON.stringify([grounds, rights])}`
    const known = kept.get(cacheKey)
    if (known !== undefined && known.untilS > nowS) return known.token
    const claims = legClaims(options.gateway, request, op, nowS)
    const token = sign(claims, options.key)
    forgetEnded(kept, nowS)
    kept.set(cacheKey, { token, untilS: claims.exp - RENEW_BEFORE_END_S })
    return token
  }
}

/**
 * Removes the tokens that ended, from the one that was used longest ago to the first that has not ended. A token is of use for a minute
 * at most, so those that ended would only fill the memory up to the limit.
 * @param nowS seconds since the epoch.
 */
export function forgetEnded(kept: LRUCache<string, KeptToken>, nowS: number): void {
  for (const key of kept.rkeys()) {
    const token = kept.peek(key)
    if (token !== undefined && token.untilS > nowS) return
    kept.delete(key)
  }
}

/**
 * A number for each caller object: one verified token is one object, and two tokens must never share a leg token,
 * however alike their subjects are.
 */
function createCallerNumbers(): (caller: Caller | null) => number {
  const numbers = new WeakMap<Caller, number>()
  let last = 0
  return (caller) => {
    if (caller === null) return 0
    const known = numbers.get(caller)
    if (known !== undefined) return known
    last += 1
    numbers.set(caller, last)
    return last
  }
}

function legClaims(gateway: string, request: LegTokenRequest, op: string, nowS: number): LegClaims {
  const { caller, country, grounds, rights } = request
  const callerEnd = Math.max(caller?.expiresAt ?? Number.POSITIVE_INFINITY, nowS + LEAST_LIFETIME_S)
  const base = {
    iss: gateway,
    aud: country,
    iat: nowS,
    exp: Math.floor(Math.min(nowS + LEG_TOKEN_LIFETIME_S, callerEnd)),
    jti: randomUUID(),
    act: { sub: gateway },
    op,
  }
  if (caller === null) return { ...base, sub: 'anonymous', scope: '' }
  return {
    ...base,
    sub: caller.subject,
    scope: rights.scopes.join(' '),
    caller_iss: caller.issuer,
    ...(caller.client === undefined ? {} : { client_id: caller.client }),
    ...(caller.assurance === undefined ? {} : { acr: caller.assurance }),
    ...(caller.organisation === undefined ? {} : { org: caller.organisation }),
    ...(caller.mandate === undefined ? {} : { mandate: caller.mandate }),
    ...(grounds === null ? {} : { grounds }),
    ...(rights.policies.length === 0 ? {} : { policies: rights.policies.join(' ') }),
  }
}

function sign(claims: LegClaims, key: LegKey): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: LEG_TOKEN_ALGORITHM, typ: LEG_TOKEN_TYPE, kid: key.kid })
    .sign(key.privateKey)
}
