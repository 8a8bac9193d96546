import { LRUCache } from 'lru-cache'
import { ExchangeRefused } from '../leg-failures.ts'
import type { CountryToken } from './exchange-client.ts'

/** How many tokens are kept. The least recently used one goes first. */
const MAX_TOKENS = 10_000

/** How long before its end a token is no longer given, in seconds: the leg needs time to arrive. */
const LEAST_LEFT_S = 10

/** From when to when before its end a token is renewed, in seconds. The moment is drawn, so that not all tokens of a question are renewed at once. */
const RENEW_BEFORE_END_S = { least: 20, most: 50 }

/** A token that no leg used for so long is not renewed, in seconds. */
const IN_USE_S = 60

/** How long a refusal is remembered, in seconds: the other legs of a question get the same one. */
const REFUSAL_KEPT_S = 2

/** How long after a failed renewal the next one is tried, in seconds. */
const RETRY_RENEWAL_S = 5

/** Which token is wanted, and how to get it. */
export interface TokenWish {
  /** What the token depends on. Equal keys get the same token. */
  readonly key: string
  /** Until when the access token lives, in seconds since the epoch. */
  readonly untilS: number
  /** A token of a bound access token belongs to one question, and is not renewed. */
  readonly isRenewed: () => boolean
  readonly exchange: () => Promise<CountryToken>
}

/** Keeps country tokens until shortly before they end. */
export interface TokenCache {
  /** Returns a token that still lives, and gets it once for all who wait. Rejects as `exchange` does. */
  get(wish: TokenWish): Promise<CountryToken>
  /** Returns a token that came and still lives; null if there is none. The same as {@link TokenCache.get}, without a wait. */
  find(key: string): CountryToken | null
  /** Keeps this token, which was got in another way. */
  put(wish: TokenWish, token: CountryToken): void
  /** Forgets a token that a country did not accept. */
  forget(key: string, hash: string): void
  /** Renews the tokens that are in use and end soon. */
  renew(): Promise<void>
  /** How many tokens it keeps. */
  size(): number
}

interface Entry {
  readonly wish: TokenWish
  readonly token: Promise<CountryToken>
  /** The token once it came. */
  come: CountryToken | null
  /** Until when the entry is given, in seconds since the epoch. A token that is on its way has no end yet. */
  endsAtS: number
  renewAtS: number
  usedAtS: number
}

/** What {@link createTokenCache} works with. */
export interface TokenCacheOptions {
  /** Returns seconds since the epoch. */
  readonly nowS: () => number
  /** Returns a number from 0 to 1. Default: a random one. */
  readonly draw?: () => number
  /** Default: {@link MAX_TOKENS}. */
  readonly maxTokens?: number
}

/** Creates the cache of country tokens. */
export function createTokenCache({ nowS, draw = Math.random, maxTokens = MAX_TOKENS }: TokenCacheOptions): TokenCache {
  const entries = new LRUCache<string, Entry>({ max: maxTokens })

  function add(wish: TokenWish, token: Promise<CountryToken>): Entry {
    const entry = createEntry(wish, token, nowS())
    entries.set(wish.key, entry)
    token.then(
      (come) => settle(entry, come, draw),
      (error: unknown) => {
        if (error instanceof ExchangeRefused) entry.endsAtS = nowS() + REFUSAL_KEPT_S
        else if (entries.peek(wish.key) === entry) entries.delete(wish.key)
      },
    )
    return entry
  }

  async function renewEntry(entry: Entry): Promise<void> {
    entry.renewAtS = nowS() + RETRY_RENEWAL_S
    const token = await entry.wish.exchange().catch(() => null)
    // The old token is good until its end, also if no new one came.
    if (token === null || entries.peek(entry.wish.key) !== entry) return
    const renewed = put(entry.wish, token)
    // A renewal is no use: a token that no leg uses is renewed once at most.
    renewed.usedAtS = entry.usedAtS
  }

  function put(wish: TokenWish, token: CountryToken): Entry {
    const entry = add(wish, Promise.resolve(token))
    settle(entry, token, draw)
    return entry
  }

  return {
    get(wish) {
      const known = entries.get(wish.key)
      if (known === undefined || known.endsAtS <= nowS()) return add(wish, wish.exchange()).token
      known.usedAtS = nowS()
      return known.token
    },
    find(key) {
      const known = entries.get(key)
      if (known?.come == null || known.endsAtS <= nowS()) return null
      known.usedAtS = nowS()
      return known.come
    },
    put: (wish, token) => void put(wish, token),
    forget(key, hash) {
      if (entries.peek(key)?.come?.hash === hash) entries.delete(key)
    },
    async renew() {
      const now = nowS()
      await Promise.all([...entries.values()].filter((entry) => isDue(entry, now)).map(renewEntry))
    },
    size: () => entries.size,
  }
}

function createEntry(wish: TokenWish, token: Promise<CountryToken>, usedAtS: number): Entry {
  const never = Number.POSITIVE_INFINITY
  return { wish, token, come: null, endsAtS: never, renewAtS: never, usedAtS }
}

/** Notes when a token that came ends, and when it is renewed. */
function settle(entry: Entry, come: CountryToken, draw: () => number): void {
  const { exp } = come.claims
  const { least, most } = RENEW_BEFORE_END_S
  entry.come = come
  entry.endsAtS = exp - LEAST_LEFT_S
  // A token that ends with its access token has no successor.
  const hasSuccessor = entry.wish.isRenewed() && exp < entry.wish.untilS
  if (hasSuccessor) entry.renewAtS = exp - least - draw() * (most - least)
}

function isDue({ renewAtS, endsAtS, usedAtS }: Entry, nowS: number): boolean {
  return renewAtS <= nowS && endsAtS > nowS && usedAtS > nowS - IN_USE_S
}
