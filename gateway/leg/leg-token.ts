import { hash, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Caller, Grounds, Mandate } from '../../contract/access-token.ts'
import {
  GROUNDS_PARTS,
  type GroundsPart,
  LEG_TOKEN_ALGORITHM,
  LEG_TOKEN_LIFETIME_S,
  LEG_TOKEN_TYPE,
  type LegClaims,
  type LegTokenUse,
  operationHash,
  writePolicies,
} from '../../contract/leg-token.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import type { Leg } from '../types/flow.ts'
import type { LegKey } from './leg-key.ts'

/** How many signed tokens the cache holds. It drops the least recently used one first. */
const MAX_CACHED_TOKENS = 10_000

/** How long before its end the signer replaces a cached token, in seconds: the leg needs time to arrive. */
const RENEW_BEFORE_END_S = 10

/** The shortest life of a leg token, in seconds. It equals the clock difference by which a caller's token may be accepted after its end. */
const LEAST_LIFETIME_S = 5

/** What a leg token is bound to: the caller, the country, and the exact `query` text. */
export interface LegTokenRequest {
  readonly caller: Caller | null
  readonly country: string
  readonly query: string
  readonly grounds: Grounds | null
  /** The part of the caller's rights that the leg needs. */
  readonly rights: NonNullable<Leg['rights']>
  /** The parts of the grounds that the country's rules read. */
  readonly reads: readonly GroundsPart[]
  /** The country token that goes with the leg; null without one. The leg token then says nothing of who asks. */
  readonly countryToken?: { readonly hash: string; readonly claims: { readonly exp: number } } | null
  /** `once`: the signer creates a new token that no other leg gets. */
  readonly use: LegTokenUse
}

/**
 * Returns the token for one leg, as a compact JWS: at once if it is there. The same caller, country and text get the same token until shortly before its end,
 * if the country accepts a token more than once.
 */
export type SignLegToken = (request: LegTokenRequest) => Promise<string> | string

/** What {@link createLegTokenSigner} works with. `now` returns milliseconds since the epoch. */
export interface LegTokenOptions {
  readonly key: LegKey
  /** The gateway's name: `iss` and `act.sub`. */
  readonly gateway: string
  readonly now?: () => number
}

/** A signed token that each leg it fits may carry. */
export interface CachedToken {
  /** The token, or what becomes the token. */
  token: Promise<string> | string
  /** Until when a leg may still get it, in seconds since the epoch. */
  readonly untilS: number
}

/**
 * Creates the signer of leg tokens. A leg token tells a country what it needs to know about the caller (docs/design/access.md, The leg).
 * It is valid only at that country, only for that text, and for at most one minute. The caller's own token never leaves the gateway.
 */
export function createLegTokenSigner(options: LegTokenOptions): SignLegToken {
  const now = options.now ?? Date.now
  const cache = new LRUCache<string, CachedToken>({ max: MAX_CACHED_TOKENS })
  const numberOf = createCallerNumbers()

  return function signLegToken(request) {
    const { caller, country, grounds, rights, reads, countryToken } = request
    const nowS = Math.floor(now() / 1000)
    const op = textOf(request.query).operation
    if (request.use === 'once') return sign(legClaims(options.gateway, request, op, nowS), options.key)
    const who = countryToken?.hash ?? numberOf(caller)
    const cacheKey = `${who} ${country} ${op} ${JSON.stringify([grounds, rights, reads])}`
    const cached = cache.get(cacheKey)
    if (cached !== undefined && cached.untilS > nowS) return cached.token
    const claims = legClaims(options.gateway, request, op, nowS)
    const signing = sign(claims, options.key)
    removeEnded(cache, nowS)
    const made: CachedToken = { token: signing, untilS: claims.exp - RENEW_BEFORE_END_S }
    cache.set(cacheKey, made)
    return signing.then((token) => {
      made.token = token
      return token
    })
  }
}

/**
 * Removes the tokens that have ended, from the least recently used to the first that has not ended. A token is useful for at most one
 * minute, so ended tokens would only fill the memory up to the limit.
 * @param nowS seconds since the epoch.
 */
export function removeEnded(cache: LRUCache<string, CachedToken>, nowS: number): void {
  for (const key of cache.rkeys()) {
    const token = cache.peek(key)
    if (token !== undefined && token.untilS > nowS) return
    cache.delete(key)
  }
}

/**
 * Creates a function that numbers caller objects. One verified token is one object, and two tokens must never share a leg token,
 * even if their subjects are equal.
 */
function createCallerNumbers(): (caller: Caller | null) => number {
  let last = 0
  const numberOf = rememberByObject(() => ++last)
  return (caller) => (caller === null ? 0 : numberOf(caller))
}

/** The claims that the gateway signs. Beside a country token, they name no subject. */
type SignedClaims = Omit<LegClaims, 'sub'> & Partial<Pick<LegClaims, 'sub'>>

function legClaims(gateway: string, request: LegTokenRequest, op: string, nowS: number): SignedClaims {
  const { caller, country, countryToken = null, grounds, rights } = request
  const base = {
    iss: gateway,
    aud: country,
    iat: nowS,
    exp: Math.floor(Math.min(nowS + LEG_TOKEN_LIFETIME_S, latestEnd(request, nowS))),
    jti: randomUUID(),
    act: { sub: gateway },
    op,
  }
  if (caller === null) return { ...base, sub: 'anonymous', scope: '' }
  const narrowed = narrowMandate(caller.mandate, grounds, country, request.reads)
  const rightsClaims = {
    scope: rights.scopes.join(' '),
    ...(rights.policies.length > 0 && { policies: writePolicies(rights.policies) }),
  }
  if (countryToken !== null) {
    const { mandate: _, ...stated } = narrowed
    return { ...base, ct: countryToken.hash, ...rightsClaims, ...stated }
  }
  return {
    ...base,
    sub: caller.subject,
    ...rightsClaims,
    caller_iss: caller.issuer,
    ...(caller.tokenId === undefined ? {} : { caller_jti: caller.tokenId }),
    ...(caller.tokenHash === undefined ? {} : { caller_token: recode(caller.tokenHash, 'hex', 'base64url') }),
    ...(caller.client === undefined ? {} : { client_id: caller.client }),
    ...(caller.assurance === undefined ? {} : { acr: caller.assurance }),
    ...(caller.organisation === undefined ? {} : { org: caller.organisation }),
    ...narrowed,
  }
}

/** A leg token ends no later than the country token that it goes with, or else than the caller's own. */
function latestEnd({ caller, countryToken }: LegTokenRequest, nowS: number): number {
  if (countryToken) return countryToken.claims.exp
  return Math.max(caller?.expiresAt ?? Number.POSITIVE_INFINITY, nowS + LEAST_LIFETIME_S)
}

/** Writes bytes that are given in one encoding in another one: base64url has a third fewer characters, and each leg carries them. */
function recode(text: string, from: BufferEncoding, to: BufferEncoding): string {
  return Buffer.from(text, from).toString(to)
}

function sign(claims: SignedClaims, key: LegKey): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: LEG_TOKEN_ALGORITHM, typ: LEG_TOKEN_TYPE, kid: key.kid })
    .sign(key.privateKey)
}

/**
 * Returns what a country learns of a mandate: what it needs to recognise the caller and to decide by its policies, and nothing of other
 * countries, purposes or cases (docs/design/access.md, The leg).
 * @param grounds null if the request has none. The country then recognises nobody, so it learns nothing of the mandate.
 * @param read the parts of the grounds that the country's rules read.
 */
export function narrowMandate(
  mandate: Mandate | undefined,
  grounds: Grounds | null,
  country: string,
  read: readonly GroundsPart[],
): Pick<LegClaims, 'mandate' | 'grounds' | 'withheld'> {
  if (mandate === undefined || grounds === null) return {}
  const { type, task_force, purposes, countries, not_after, time_zone } = mandate
  const withheld = GROUNDS_PARTS.filter((part) => grounds[part] !== undefined && !read.includes(part))
  return {
    mandate: {
      type,
      ...(task_force !== undefined && { task_force }),
      purposes: purposes.filter((purpose) => purpose === grounds.purpose),
      countries: countries.filter((code) => code === country),
      not_after,
      ...(time_zone !== undefined && { time_zone }),
    },
    grounds: {
      purpose: grounds.purpose,
      ...(grounds.case !== undefined && read.includes('case') && { case: grounds.case }),
      ...(grounds.legalBasis !== undefined && read.includes('legalBasis') && { legalBasis: grounds.legalBasis }),
    },
    ...(withheld.length > 0 && { withheld }),
  }
}

/** How many characters the remembered texts have together, each with what its place in the memory takes. */
const MAX_CHARACTERS = 4_000_000
const ENTRY_CHARACTERS = 400

/** What does not change in the legs that ask the same text. */
interface QueryText {
  /** The beginning of the leg's body, as JSON: everything before the variables. */
  readonly opening: string
  /** SHA-256 of the text in UTF-8, in hexadecimal digits, for the entries of both sides. */
  readonly hash: string
  /** The claim `op` of a leg token for this text. */
  readonly operation: string
}

const texts = new LRUCache<string, QueryText>({
  maxSize: MAX_CHARACTERS,
  sizeCalculation: (_, query) => query.length + ENTRY_CHARACTERS,
  memoMethod: (query) => ({
    opening: `{"query":${JSON.stringify(query)},"variables":`,
    hash: hash('sha256', query),
    operation: operationHash(query),
  }),
})

/** Returns what the legs of this process make of a text. */
export const textOf = (query: string): QueryText => texts.memo(query)
