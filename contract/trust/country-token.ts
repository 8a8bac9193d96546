import { type CryptoKey, compactVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { PURPOSES } from '../access-token.ts'
import { isCountryCode } from '../country-code.ts'
import { IstmoError } from '../errors.ts'
import { parseJwsPart } from './unambiguous-json.ts'

/**
 * The country token: what an officer's own country says to one other country about an officer, a mandate and the gateway that acts for the
 * officer (docs/design/trust.md, The country token; RFC 7519, RFC 8693, RFC 8725).
 */

/** The `typ` in the header of a country token. No reader of country tokens takes another type, and no other reader takes this one. */
export const COUNTRY_TOKEN_TYPE = 'istmo-country+jwt'

/** The header of a leg that carries its country token. */
export const COUNTRY_TOKEN_HEADER = 'Istmo-Country-Token'

/** The longest lifetime of a country token, in seconds. */
export const COUNTRY_TOKEN_LIFETIME_S = 300

/** The signature algorithms of country tokens. */
export const COUNTRY_TOKEN_ALGORITHMS = ['EdDSA', 'ES256'] as const

/** The longest country token, in characters. All headers of a leg together may have 16 KiB. */
export const MAX_COUNTRY_TOKEN_LENGTH = 8_192

/** How far the clocks of authority and node may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** How many checked tokens the verifier remembers. */
const MAX_CACHED_TOKENS = 5_000

/** The last second that a Date can hold. */
const LAST_SECOND = 8_640_000_000_000

const time = z.int().min(0).max(LAST_SECOND)
const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const country = z.string().refine(isCountryCode)
// Letters, marks, digits, punctuation and symbols, but no invisible character that could make two names look alike in a log.
const printable = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[\p{L}\p{M}\p{N}\p{P}\p{S}]+(?: [\p{L}\p{M}\p{N}\p{P}\p{S}]+)*$/u)
// RFC 6749 section 3.3: scope-tokens of %x21 / %x23-5B / %x5D-7E, separated by single spaces. No scope is an empty text.
const scopeText = z
  .string()
  .max(8_192)
  .regex(/^(?:[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*)?$/)

/** The claims of a country token. An unknown claim is refused at each depth: nobody would check what it restricts. */
export const countryTokenClaims = z
  .strictObject({
    /** The authority that signs: its pinned issuer name. */
    iss: z.string().min(1).max(512),
    /** The one country that the token is for. A list is refused. */
    aud: country,
    /** The officer's pseudonym, which only this country gets. */
    sub: printable,
    iat: time,
    exp: time,
    jti: printable,
    /** Who acts for the officer: the gateway's name (RFC 8693, section 4.1). */
    act: z.strictObject({ sub: printable }),
    /** The tool that the officer uses. */
    client_id: printable,
    /** The most that the officer may use in this country, separated by spaces. */
    scope: scopeText,
    acr: printable.optional(),
    org: z.strictObject({ country, agency: printable, role: printable.optional() }),
    /** The mandate, by the hash of its document. It names no other country. */
    mandate: z.strictObject({
      hash: digest,
      task_force: printable,
      purposes: z.array(z.enum(PURPOSES)).min(1).max(16),
      /** The last day, in the time zone of the mandate's document. */
      not_after: z.iso.date(),
    }),
    /** What the gateway must hold: the leg key with this RFC 7638 thumbprint, and the TLS certificate with this hash (RFC 8705). */
    cnf: z.strictObject({ jkt: digest, 'x5t#S256': digest.optional() }),
    /** The issuer and the `jti` of the access token that the gateway exchanged. */
    caller_iss: z.string().min(1).max(512),
    caller_jti: printable,
    /** For a bound access token: the thumbprint of the tool's key, the access token's SHA-256, and the `jti` of the question statement. */
    caller_jkt: digest.optional(),
    caller_ath: digest.optional(),
    question: printable.optional(),
  })
  .refine(({ caller_jkt, caller_ath, question }) => {
    const given = [caller_jkt, caller_ath, question].filter((one) => one !== undefined)
    return given.length === 0 || given.length === 3
  }, 'caller_jkt, caller_ath and question go together')

/** The claims of a country token. Times are in whole seconds since the epoch. */
export type CountryTokenClaims = Readonly<z.output<typeof countryTokenClaims>>

/** An authority that a country has pinned for the officers of one other country. */
export interface PinnedAuthority {
  /** The country whose officers the authority speaks for. */
  readonly country: string
  /** The authority's issuer name: the exact `iss` of its tokens. */
  readonly authority: string
  /** The RFC 7638 thumbprints of its keys that count. */
  readonly keys: ReadonlySet<string>
  /**
   * Finds a key by its thumbprint. Null: the authority does not publish it (any more). May reject with {IstmoError} `KEYS_UNAVAILABLE`.
   */
  readonly findKey: (thumbprint: string) => Promise<CryptoKey | null>
}

/** What {@link createCountryTokenVerifier} checks against. */
export interface CountryTokenSettings {
  /** The country that reads the tokens: their `aud`. */
  readonly country: string
  readonly callers: readonly PinnedAuthority[]
  /** Returns milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
}

/**
 * Checks a country token.
 * Rejects with {IstmoError} `CALLER_NOT_VERIFIED`, whose detail says what was expected; `KEYS_UNAVAILABLE` if the authority's keys are not available.
 */
export type VerifyCountryToken = (token: string) => Promise<CountryTokenClaims>

/**
 * Creates the check of the tokens for one country. It chooses the authority by `iss` before it checks the signature, so that the key of one
 * authority never speaks for another. It reads no key from the token. A signature is checked once for each token, as long as the key is
 * published; the times are compared on each call. Whether a key, a mandate or an officer is suspended is for the caller to ask on each leg.
 */
export function createCountryTokenVerifier({
  country: audience,
  callers,
  now = Date.now,
}: CountryTokenSettings): VerifyCountryToken {
  const checked = new LRUCache<string, CheckedToken>({ max: MAX_CACHED_TOKENS })
  return async (token) => {
    const known = checked.get(token)
    if (known !== undefined && (await known.pinned.findKey(known.kid)) === known.key) {
      checkTimes(known.claims, now() / 1000)
      return known.claims
    }
    checked.delete(token)
    const result = await checkToken(token, audience, callers)
    checkTimes(result.claims, now() / 1000)
    checked.set(token, result)
    return result.claims
  }
}

interface CheckedToken {
  readonly claims: CountryTokenClaims
  readonly pinned: PinnedAuthority
  readonly kid: string
  readonly key: CryptoKey
}

async function checkToken(token: string, audience: string, callers: readonly PinnedAuthority[]): Promise<CheckedToken> {
  if (token.length > MAX_COUNTRY_TOKEN_LENGTH)
    throw refused(`a token of at most ${MAX_COUNTRY_TOKEN_LENGTH} characters`)
  const [headerPart = '', payloadPart = '', , ...rest] = token.split('.')
  if (rest.length > 0) throw refused('a JWS of three parts')
  const kid = readKid(headerPart)
  const payload = parseJwsPart(payloadPart)
  const pinned = callers.find(({ authority }) => authority === payload?.iss)
  if (pinned === undefined) throw refused('`iss` to be an authority that this country has pinned')
  if (!pinned.keys.has(kid)) throw refused('`kid` to be the thumbprint of a pinned key of the authority')
  const key = await pinned.findKey(kid)
  if (key === null) throw refused('`kid` to be a key that the authority publishes')
  await checkSignature(token, key)
  const claims = readClaims(payload, audience, pinned)
  return { claims, pinned, kid, key }
}

function readKid(headerPart: string): string {
  const header = parseJwsPart(headerPart)
  if (header?.typ !== COUNTRY_TOKEN_TYPE) throw refused(`\`typ\` to be ${COUNTRY_TOKEN_TYPE}`)
  // RFC 8725 section 3.10: a header may name a key or its address. Only a pinned key counts, so nothing but these three may stand here.
  const { alg, typ: _, kid, ...others } = header
  if (Object.keys(others).length > 0) throw refused('a header of `alg`, `typ` and `kid`')
  if (!COUNTRY_TOKEN_ALGORITHMS.some((algorithm) => algorithm === alg)) {
    throw refused(`\`alg\` to be one of ${COUNTRY_TOKEN_ALGORITHMS.join(', ')}`)
  }
  if (typeof kid !== 'string') throw refused('`kid` to be the thumbprint of the key')
  return kid
}

async function checkSignature(token: string, key: CryptoKey): Promise<void> {
  try {
    await compactVerify(token, key, { algorithms: [...COUNTRY_TOKEN_ALGORITHMS] })
  } catch (cause) {
    throw refused('a signature of the authority', cause)
  }
}

function readClaims(
  payload: Record<string, unknown> | null,
  audience: string,
  pinned: PinnedAuthority,
): CountryTokenClaims {
  const parsed = countryTokenClaims.safeParse(payload)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const place = issue?.path.join('.') ?? ''
    throw refused(
      place === '' ? 'the claims of a country token and no others' : `the claim \`${place}\` as the contract says`,
    )
  }
  const claims = parsed.data
  if (claims.aud !== audience) throw refused(`\`aud\` to be ${audience}`)
  if (claims.org.country !== pinned.country)
    throw refused('`org.country` to be the country that the authority speaks for')
  const lifetimeS = claims.exp - claims.iat
  if (lifetimeS <= 0 || lifetimeS > COUNTRY_TOKEN_LIFETIME_S) {
    throw refused(`a lifetime of at most ${COUNTRY_TOKEN_LIFETIME_S} s from \`iat\` to \`exp\``)
  }
  return Object.freeze(claims)
}

function checkTimes({ iat, exp }: CountryTokenClaims, nowS: number): void {
  if (iat > nowS + CLOCK_TOLERANCE_S) throw refused('`iat` to be in the past: compare the clocks of authority and node')
  if (exp + CLOCK_TOLERANCE_S <= nowS) throw refused('`exp` to be in the future: the token has ended')
}

function refused(expected: string, cause?: unknown): IstmoError {
  return new IstmoError('CALLER_NOT_VERIFIED', `of the country token, expected ${expected}`, { cause })
}
