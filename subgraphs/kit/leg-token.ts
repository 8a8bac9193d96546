import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  type CryptoKey,
  calculateJwkThumbprint,
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  exportJWK,
  type JWK,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { PURPOSES } from '../../contract/access-token.ts'
import { IstmoError } from '../../contract/errors.ts'
import {
  LEG_TOKEN_ALGORITHM,
  LEG_TOKEN_LIFETIME_S,
  LEG_TOKEN_TYPE,
  type LegClaims,
  type LegTokenUse,
  operationHash,
} from '../../contract/leg-token.ts'
import { ConfigError } from '../../service/config-error.ts'
import { describeFileError } from '../../service/describe-error.ts'

/**
 * Checks the token that the gateway signs for one country and one operation (docs/design/access.md, The leg; RFC 7519, RFC 8725).
 */

/** Which leg tokens a node accepts. */
export interface LegTokenSettings {
  /** The country whose node this is: the token's `aud`. */
  readonly country: string
  /** The gateway's name: the token's `iss`. */
  readonly issuer: string
  /** The gateway's key set. */
  readonly keys: JWTVerifyGetKey
  /** With `once` the node rejects a token that it has accepted before. */
  readonly use?: LegTokenUse
  /** The time, in milliseconds since the epoch. */
  readonly now?: () => number
}

/** The claims of a leg token whose signature is good. */
export interface VerifiedLegToken {
  readonly claims: LegClaims
  /** The RFC 7638 thumbprint of the key that signed it, computed from the key itself. */
  readonly key: string
}

/**
 * Checks an `Authorization` header against the text of the query that came with it.
 * @throws {IstmoError} `TOKEN_MISSING`, `TOKEN_EXPIRED` or `TOKEN_INVALID` (401); `REFUSED_BY_NODE` for a token of another country or another
 * operation, or for one that may be used once and was used; `KEYS_UNAVAILABLE` (503).
 */
export type VerifyLeg = (authorization: string | undefined, query: string) => Promise<VerifiedLegToken>

/** How far the clocks of gateway and country may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5
/** How many verified tokens are cached, each until it expires. */
const MAX_CACHED_TOKENS = 5_000
const MAX_TOKEN_LENGTH = 16_384

const seconds = z.number().int().nonnegative()
const text = z.string().min(1)

const mandate = z.object({
  type: z.literal('istmo_mandate'),
  task_force: text.optional(),
  case: text.optional(),
  purposes: z.array(z.enum(PURPOSES)),
  countries: z.array(text),
  legal_basis: z.array(text).optional(),
  not_after: text,
  time_zone: text.optional(),
})

// The schema ignores claims that this version does not know, so that a gateway may be newer than a node.
const claimsSchema = z.object({
  iss: text,
  aud: text,
  // Beside a country token (`ct`), a leg token says nothing of who asks.
  sub: text.optional(),
  iat: seconds,
  exp: seconds,
  jti: text,
  act: z.object({ sub: text }),
  op: text,
  scope: z.string(),
  caller_iss: text.optional(),
  caller_jti: text.optional(),
  caller_token: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
  client_id: text.optional(),
  acr: text.optional(),
  org: z.object({ country: text, agency: text.optional(), role: text.optional() }).optional(),
  mandate: mandate.optional(),
  grounds: z
    .object({ purpose: z.enum(PURPOSES), case: text.optional(), legalBasis: z.array(text).optional() })
    .optional(),
  withheld: z.array(text).optional(),
  policies: z.union([z.string(), z.array(z.string())]).optional(),
  ct: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
})

/** The gateway's key set while a node runs. */
export interface GatewayKeys {
  /** Finds the key of a token, among those in force. */
  readonly find: JWTVerifyGetKey
  /**
   * Reads a key set that is a file again. One at a URL is fetched again by itself.
   * @returns whether it has other keys than before.
   * @throws {Error} if the file cannot be used. Then the keys stay as they were.
   */
  readonly reload: () => Promise<boolean>
  /** Lists the ids of the keys in force; null for a key set at a URL. */
  readonly ids: () => readonly string[] | null
}

/**
 * Opens the gateway's key set, so that a gateway's key can be replaced while the node runs.
 * @throws {ConfigError} as {@link openKeys}.
 */
export async function openGatewayKeys(location: string): Promise<GatewayKeys> {
  if (/^https?:\/\//.test(location)) {
    return { find: await openKeys(location), reload: async () => false, ids: () => null }
  }
  const read = async () => ({ find: await openKeys(location), text: await readFile(location, 'utf8') })
  let current = await read()
  return {
    find: (header, token) => current.find(header, token),
    ids: () => readKeyIds(current.text),
    async reload() {
      const next = await read()
      const isNew = next.text !== current.text
      current = next
      return isNew
    },
  }
}

/** Lists the ids of the keys in a key set. A key without one is named by its public part. */
function readKeyIds(text: string): readonly string[] {
  const { keys = [] } = JSON.parse(text) as { readonly keys?: readonly JWK[] }
  return keys.map(({ kid, x = '' }) => kid ?? x)
}

/**
 * Opens the gateway's key set. Fetches it from an `http(s)` URL, again when a key is unknown, or reads it once from a file.
 * @throws {ConfigError} if the file cannot be read or is not a JSON Web Key Set (RFC 7517, section 5). The message names the file.
 */
export async function openKeys(location: string): Promise<JWTVerifyGetKey> {
  if (/^https?:\/\//.test(location)) {
    return createRemoteJWKSet(new URL(location), { timeoutDuration: 2_000, cooldownDuration: 5_000 })
  }
  try {
    return createLocalJWKSet(JSON.parse(await readFile(location, 'utf8')))
  } catch (error) {
    throw new ConfigError(
      `${location}: expected a JSON Web Key Set: ${describeFileError(error)}. Correct --gateway-jwks (LEG_JWKS_FILE).`,
      { cause: error },
    )
  }
}

/** Makes the check of one country. It verifies a token once, then caches its claims until it expires. */
export function createLegVerifier(settings: LegTokenSettings): VerifyLeg {
  const now = settings.now ?? Date.now
  const cache = new LRUCache<string, VerifiedLegToken>({ max: MAX_CACHED_TOKENS })
  const used = createUsedTokens(() => now() / 1000)
  return async (authorization, query) => {
    const token = readBearer(authorization)
    const cached = cache.get(token)
    const verified = cached ?? (await verify(token, settings, now))
    const { claims } = verified
    if (claims.exp + CLOCK_TOLERANCE_S <= now() / 1000) {
      cache.delete(token)
      throw new IstmoError('TOKEN_EXPIRED', 'compare the clocks of gateway and node')
    }
    if (claims.op !== operationHash(query))
      throw new IstmoError('REFUSED_BY_NODE', 'the token is for another operation')
    if (!cached) cache.set(token, verified)
    if (settings.use === 'once' && !used.add(claims.jti, claims.exp + CLOCK_TOLERANCE_S)) {
      throw new IstmoError('REFUSED_BY_NODE', 'the token was used before')
    }
    return verified
  }
}

/**
 * Makes the set of the ids of used tokens; each stays until its token has expired. Only the gateway can make a token, so the set is
 * never larger than the number of its legs. `add` returns false if the id is in the set.
 */
function createUsedTokens(nowS: () => number): { add(id: string, untilS: number): boolean } {
  const untilById = new Map<string, number>()
  let sweepAtS = 0
  return {
    add(id, untilS) {
      if (nowS() >= sweepAtS) {
        for (const [old, endS] of untilById) if (endS <= nowS()) untilById.delete(old)
        sweepAtS = nowS() + LEG_TOKEN_LIFETIME_S
      }
      if (untilById.has(id)) return false
      untilById.set(id, untilS)
      return true
    },
  }
}

/**
 * Hashes the token of an `Authorization` header as the audit logs of both sides do: SHA-256 in hexadecimal digits.
 * @throws {IstmoError} `TOKEN_MISSING` or `TOKEN_INVALID` if there is none.
 */
export function hashBearer(authorization: string | undefined): string {
  return hash('sha256', readBearer(authorization))
}

function readBearer(authorization: string | undefined): string {
  if (authorization === undefined) throw new IstmoError('TOKEN_MISSING')
  const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization) ?? []
  if (token === undefined || token.length > MAX_TOKEN_LENGTH) {
    throw new IstmoError('TOKEN_INVALID', 'expected `Bearer` and a JWT')
  }
  return token
}

async function verify(token: string, settings: LegTokenSettings, now: () => number): Promise<VerifiedLegToken> {
  const { payload, key } = await jwtVerify(token, settings.keys, {
    algorithms: [LEG_TOKEN_ALGORITHM],
    typ: LEG_TOKEN_TYPE,
    issuer: settings.issuer,
    clockTolerance: CLOCK_TOLERANCE_S,
    currentDate: new Date(now()),
    requiredClaims: ['exp', 'iat', 'jti', 'aud'],
  }).catch((error: unknown) => {
    throw asRejection(error)
  })
  // jose accepts an empty `sub`, an `exp` without end and an `iat` in the future.
  const parsed = claimsSchema.safeParse(payload)
  if (!parsed.success) {
    throw new IstmoError(
      'TOKEN_INVALID',
      `the claim ${parsed.error.issues[0]?.path.join('.')} does not have the form that the contract demands`,
    )
  }
  const { sub } = parsed.data
  if (sub === undefined && parsed.data.ct === undefined) {
    throw new IstmoError('TOKEN_INVALID', 'expected the claim sub, or the claim ct and a country token')
  }
  const claims = { ...parsed.data, sub: sub ?? 'anonymous' } as LegClaims
  if (claims.aud !== settings.country) throw new IstmoError('REFUSED_BY_NODE', 'the token is for another country')
  if (claims.exp - claims.iat > LEG_TOKEN_LIFETIME_S || claims.exp <= claims.iat) {
    throw new IstmoError('TOKEN_INVALID', `a leg token lives at most ${LEG_TOKEN_LIFETIME_S} seconds`)
  }
  if (claims.iat > now() / 1000 + CLOCK_TOLERANCE_S)
    throw new IstmoError(
      'TOKEN_INVALID',
      'the leg token was issued in the future; compare the clocks of gateway and node',
    )
  return { claims, key: await thumbprintOf(key as CryptoKey) }
}

const thumbprints = new WeakMap<CryptoKey, Promise<string>>()

/** A key set may give its keys any name, so the thumbprint is computed from the key that verified the signature. */
function thumbprintOf(key: CryptoKey): Promise<string> {
  const known = thumbprints.get(key)
  if (known !== undefined) return known
  const computed = exportJWK(key).then((jwk) => calculateJwkThumbprint(jwk))
  thumbprints.set(key, computed)
  return computed
}

function asRejection(error: unknown): IstmoError {
  // The key set could not be fetched: a timeout, a broken connection, or a status other than 200.
  const isFetch = error instanceof errors.JWKSTimeout || (error as { code?: unknown }).code === errors.JOSEError.code
  if (isFetch || !(error instanceof errors.JOSEError))
    return new IstmoError('KEYS_UNAVAILABLE', undefined, { cause: error })
  // jose looks at the times only after it has checked the signature.
  if (error instanceof errors.JWTExpired) {
    return new IstmoError('TOKEN_EXPIRED', 'compare the clocks of gateway and node', { cause: error })
  }
  return new IstmoError('TOKEN_INVALID', `the check said ${error.code}`, { cause: error })
}
