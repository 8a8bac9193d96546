/** The country tokens of the gateway's callers: who asks a country, by the word of the officer's own country (docs/design/trust.md). */
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Caller } from '../../../contract/access-token.ts'
import { getOrAdd } from '../../../contract/get-or-add.ts'
import { rememberByObject } from '../../../contract/remember-by-object.ts'
import type { Channel } from '../../../service/http/tls-pools.ts'
import type { RequestContext } from '../../types/flow.ts'
import type { LegClock } from '../leg-clock.ts'
import { AuthorityUnavailable } from '../leg-failures.ts'
import type { LegKey } from '../leg-key.ts'
import {
  type Authority,
  type CountryToken,
  createAuthorityBreaker,
  createExchangeClient,
  type ExchangeRequest,
} from './exchange-client.ts'
import { createTokenCache, type TokenCache, type TokenWish } from './token-cache.ts'

/** How often the tokens in use are looked through for those that end soon, in milliseconds. */
const RENEW_EVERY_MS = 2_000

/** Of how many mandates the gateway remembers which countries know them. */
const MAX_KNOWN_MANDATES = 10_000

/** What {@link createCountryTokens} works with. */
export interface CountryTokensOptions {
  readonly authorities: readonly Authority[]
  readonly key: LegKey
  /** The gateway's name. */
  readonly gateway: string
  /** Returns the connections to an authority, and the certificate that they show. */
  readonly channelTo: (authority: Authority) => Pick<Channel, 'pool' | 'certificateHash'>
  /** Returns the question statement that a request came with, with the disclosure of a country; null if it came without one. Default: none comes with one. */
  readonly statementFor?: (request: RequestContext, country: string) => string | null
  readonly log: Pick<Logger, 'warn' | 'info'>
  /** Returns milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
}

/** What ends the wait for a token. */
export type TokenClock = Pick<LegClock, 'ending' | 'endsOnTime'>

/** Gets country tokens for legs. */
export interface CountryTokens {
  /**
   * Returns the token with which a leg of this request goes to a country; null if the caller's issuer is not an authority, if nobody asks, or if
   * the caller's mandate does not name the country: then the leg says nothing of who asks.
   * A promise is for a token that must be got first. It rejects with {@link AuthorityUnavailable} or {@link ExchangeRefused}.
   * @param proof `needed`: the country does not know the mandate, so the token comes with its proof.
   */
  tokenFor(
    request: RequestContext,
    country: string,
    clock: TokenClock,
    proof?: 'needed',
  ): CountryToken | null | Promise<CountryToken>
  /** Whether {@link tokenFor} gives callers of this issuer tokens. */
  serves(caller: Caller | null): boolean
  /** Notes that a country took a leg with this token, so that it knows the mandate. */
  noteTaken(request: RequestContext, country: string): void
  /** Notes that a country did not believe this token. */
  noteRefused(request: RequestContext, country: string, token: CountryToken): void
  /** Ends the renewal. */
  close(): void
}

/** What a country token is asked for with. */
interface Asked {
  /** What the token depends on (token-cache.ts). */
  readonly key: string
  readonly country: string
  readonly caller: Caller
  readonly accessToken: ExchangeRequest['accessToken']
  readonly authority: ReturnType<typeof openAuthority>
}

/** By issuer. */
type Authorities = ReadonlyMap<string, Asked['authority']>

/** Finds what a token is asked for with; null if none may be. */
function findAsked(
  { caller, accessToken, grounds }: RequestContext,
  country: string,
  authorities: Authorities,
  keys: CallerKeys,
): Asked | null {
  const authority = caller === null ? undefined : authorities.get(caller.issuer)
  if (caller === null || authority === undefined || accessToken === undefined) return null
  if (grounds === null || caller.mandate?.countries.includes(country) !== true) return null
  const certificateHash = authority.certificateHash()
  const key = keys.of(caller, `token ${country} ${certificateHash}`, () =>
    JSON.stringify([caller.tokenHash, country, caller.scopes, certificateHash]),
  )
  return { key, country, caller, accessToken, authority }
}

interface ProvableWish extends TokenWish {
  readonly withProof: TokenWish['exchange']
}

/**
 * Creates the room's country tokens. All countries of a question are asked for in parallel, each token is got once for all legs that wait for it, and
 * tokens in use are renewed before they end.
 */
export function createCountryTokens(options: CountryTokensOptions): CountryTokens {
  const { now = Date.now, statementFor = () => null } = options
  const authorities: Authorities = new Map(
    options.authorities.map((authority) => [authority.issuer, openAuthority(authority, options)]),
  )
  const cache = createTokenCache({ nowS: () => now() / 1_000 })
  const known = new LRUCache<string, true>({ max: MAX_KNOWN_MANDATES })
  const getProven = createProving(cache)
  const keys = createCallerKeys()
  const timer = setInterval(() => void cache.renew(), RENEW_EVERY_MS).unref()

  function wishFor({ key, country, caller, accessToken, authority }: Asked, request: RequestContext): ProvableWish {
    const exchange = (wantsProof: boolean) => {
      const question = statementFor(request, country)
      const { tokenId, scopes } = caller
      return authority.exchange({ accessToken, tokenId, country, scopes, question, wantsProof })
    }
    return {
      key,
      untilS: caller.expiresAt,
      isRenewed: () => statementFor(request, country) === null,
      exchange: () => exchange(!known.has(mandateKey(keys, request, country))),
      withProof: () => exchange(true),
    }
  }

  async function getToken(asked: Asked, request: RequestContext, clock: TokenClock, proof: 'needed' | undefined) {
    const wish = wishFor(asked, request)
    const token = await within(cache.get(wish), clock)
    if (proof === undefined || token.proof !== undefined) return token
    known.delete(mandateKey(keys, request, asked.country))
    return within(getProven(wish), clock)
  }

  return {
    serves: (caller) => caller !== null && authorities.has(caller.issuer),
    tokenFor(request, country, clock, proof) {
      const asked = findAsked(request, country, authorities, keys)
      if (asked === null) return null
      // Almost every leg finds its token here. A wait that the clock can end costs more than everything else in this room.
      const kept = clock.ending === null ? cache.find(asked.key) : null
      if (kept !== null && (proof === undefined || kept.proof !== undefined)) return kept
      return getToken(asked, request, clock, proof)
    },
    noteTaken(request, country) {
      const key = mandateKey(keys, request, country)
      if (known.get(key) === undefined) known.set(key, true)
    },
    noteRefused(request, country, { hash }) {
      const asked = findAsked(request, country, authorities, keys)
      if (asked !== null) cache.forget(asked.key, hash)
    },
    close: () => clearInterval(timer),
  }
}

/** Creates the function that gets a token with the proof of its mandate, once for all legs that wait for it. */
function createProving(cache: Pick<TokenCache, 'put'>): (wish: ProvableWish) => Promise<CountryToken> {
  const proving = new Map<string, Promise<CountryToken>>()
  return (wish) => {
    const waiting = proving.get(wish.key)
    if (waiting !== undefined) return waiting
    const proven = wish.withProof().then((token) => {
      cache.put(wish, token)
      return token
    })
    proving.set(wish.key, proven)
    const forget = (): void => void proving.delete(wish.key)
    proven.then(forget, forget)
    return proven
  }
}

function openAuthority(authority: Authority, { key, gateway, channelTo, log, now = Date.now }: CountryTokensOptions) {
  const { issuer } = authority
  const channel = () => channelTo(authority)
  const exchange = createExchangeClient({ authority, key, gateway, channel, now })
  const guard = createAuthorityBreaker((breaker) => log.warn({ authority: issuer, breaker }, 'circuit breaker changed'))
  return {
    exchange: (request: ExchangeRequest) => guard(() => exchange(request)),
    certificateHash: () => channel().certificateHash,
  }
}

/** An access token names one mandate, and two that name the same may be of one. Whoever is wrong about it costs one repetition of a leg. */
function mandateKey(keys: CallerKeys, { caller }: RequestContext, country: string): string {
  const write = (): string => JSON.stringify([caller?.issuer, caller?.mandate, country])
  return caller === null ? write() : keys.of(caller, `mandate ${country}`, write)
}

/** The keys under which the room keeps what it knows of a caller. One verified token is one object, and each leg needs its keys. */
type CallerKeys = ReturnType<typeof createCallerKeys>

function createCallerKeys() {
  const keysOf = rememberByObject((_: Caller) => new Map<string, string>())
  return {
    /** @param name of the key among those of the caller. @param write makes the key from what never changes in the caller. */
    of: (caller: Caller, name: string, write: () => string) => getOrAdd(keysOf(caller), name, write),
  }
}

/**
 * Waits for a token as long as the leg may take. The exchange goes on, because other legs may wait for it too.
 * @throws {AuthorityUnavailable} if the leg must end first: the authority is then the reason, and not the country.
 */
function within(token: Promise<CountryToken>, clock: TokenClock): Promise<CountryToken> {
  return new Promise((resolve, reject) => {
    const end = () => reject(new AuthorityUnavailable('the authority did not answer within the time of the leg'))
    if (clock.ending === null) clock.endsOnTime({ end })
    else end()
    token.then(resolve, reject).finally(() => clock.endsOnTime(null))
  })
}
