import { createPartitions, type Partitions } from '../partitions.ts'
import { type Difference, type DifferenceClass, differenceOf, MAX_SKEW_MS } from './classes.ts'
import type { AuthoritySummary, ExchangeRecord } from './read-authority.ts'
import type { CallerProof } from './records.ts'

/** Compares the country tokens that legs of both logs name with those that the officers' authorities gave. */

/** A leg that names a country token. Times are in milliseconds since the epoch. */
export interface TokenUse {
  readonly by: 'GATEWAY' | 'COUNTRY'
  readonly requestId: string | null
  readonly proof: Pick<CallerProof, 'authority' | 'tokenId' | 'tokenHash' | 'mandate'>
  /** The earliest and the latest time at which the leg can have been sent. */
  readonly fromMs: number
  readonly untilMs: number
}

type Item =
  | { readonly kind: 'USE'; readonly use: TokenUse }
  | { readonly kind: 'EXCHANGE'; readonly exchange: ExchangeRecord }

/** Collects tokens, so that those of one id can be compared. */
export interface TokenCheck {
  readonly addUse: (use: TokenUse) => Promise<void>
  readonly addExchange: (exchange: ExchangeRecord) => Promise<void>
  /** Yields the differences. `isInRange`: whether an exchange of this time belongs to the comparison. */
  readonly finish: (
    authorities: ReadonlyMap<string, AuthoritySummary>,
    isInRange: (timeMs: number) => boolean,
  ) => AsyncGenerator<Difference>
  readonly close: () => Promise<void>
}

/**
 * Creates the check for legs to one country.
 * @param expected how many entries the logs have together
 * @param perPart how many records are in memory
 */
export async function createTokenCheck(country: string, expected: number, perPart: number): Promise<TokenCheck> {
  const items: Partitions<Item> = await createPartitions<Item>(expected, perPart)
  return {
    addUse: (use) => items.add(`${use.proof.authority} ${use.proof.tokenId}`, { kind: 'USE', use }),
    addExchange: (exchange) => items.add(`${exchange.authority} ${exchange.tokenId}`, { kind: 'EXCHANGE', exchange }),
    async *finish(authorities, isInRange) {
      for await (const part of items.parts()) {
        for (const token of groupByToken(part)) yield* compareToken(token, { country, authorities, isInRange })
      }
    },
    close: () => items.close(),
  }
}

interface Token {
  readonly authority: string
  readonly tokenId: string
  readonly uses: TokenUse[]
  readonly exchanges: ExchangeRecord[]
}

function groupByToken(items: readonly Item[]): Iterable<Token> {
  const tokens = new Map<string, Token>()
  for (const item of items) {
    const { authority, tokenId } = item.kind === 'USE' ? item.use.proof : item.exchange
    const key = `${authority} ${tokenId}`
    const token = tokens.get(key) ?? { authority, tokenId, uses: [], exchanges: [] }
    tokens.set(key, token)
    if (item.kind === 'USE') token.uses.push(item.use)
    else token.exchanges.push(item.exchange)
  }
  return tokens.values()
}

interface Around {
  readonly country: string
  readonly authorities: ReadonlyMap<string, AuthoritySummary>
  readonly isInRange: (timeMs: number) => boolean
}

function* compareToken(token: Token, around: Around): Generator<Difference> {
  const { authority, tokenId, uses, exchanges } = token
  const [exchange, second] = exchanges
  const summary = around.authorities.get(authority)
  if (summary === undefined) return
  const [first] = uses
  if (exchange === undefined) {
    if (first !== undefined) yield judgeUnknown(token, first, summary)
    return
  }
  const isOwn = exchange.country === around.country
  if ((isOwn || first !== undefined) && (first !== undefined || around.isInRange(exchange.timeMs))) {
    const fault = second === undefined ? exchange.fault : 'two exchanges have its id'
    if (fault !== null) yield ofToken('EXCHANGE_UNFOUNDED', token, exchange.timeMs, `${describe(tokenId)}: ${fault}`)
  }
  if (first === undefined) {
    if (isOwn && around.isInRange(exchange.timeMs)) {
      yield ofToken('TOKEN_UNUSED', token, exchange.timeMs, `${describe(tokenId)}: no leg names it`)
    }
    return
  }
  const misuse = findMisuse(token, exchange, around.country)
  if (misuse !== null)
    yield ofToken('TOKEN_MISUSED', token, first.untilMs, `${describe(tokenId)}${requestOf(first)}: ${misuse}`)
  const revokedMs = summary.revoked.get(exchange.mandate)
  const late = revokedMs === undefined ? undefined : uses.find(({ fromMs }) => fromMs > revokedMs + MAX_SKEW_MS)
  if (late !== undefined) {
    yield ofToken(
      'REVOKED_IN_USE',
      token,
      late.untilMs,
      `${describe(tokenId)}${requestOf(late)}: its mandate was revoked before`,
    )
  }
}

function describe(tokenId: string): string {
  return `country token ${tokenId}`
}

function requestOf({ requestId }: TokenUse): string {
  return requestId === null ? '' : ` of request ${requestId}`
}

/** Judges a leg whose country token is not in the authority's log. The exchange is logged before the token is given. */
function judgeUnknown(token: Token, use: TokenUse, { firstMs, lastMs }: AuthoritySummary): Difference {
  const what = `${describe(token.tokenId)}${requestOf(use)}: the log of ${token.authority} has no such exchange`
  if (use.untilMs < firstMs) return ofToken('BEFORE_LOG', token, use.untilMs, what)
  return ofToken(use.untilMs + MAX_SKEW_MS > lastMs ? 'TOKEN_AFTER_END' : 'TOKEN_UNKNOWN', token, use.untilMs, what)
}

/** Says how the uses of a token do not fit what the authority gave; null if they fit. */
function findMisuse({ uses }: Token, exchange: ExchangeRecord, country: string): string | null {
  if (exchange.country !== country) return `it was given for ${exchange.country}, and ${country} was asked with it`
  if (new Set(uses.map(({ proof }) => proof.tokenHash)).size > 1) return 'two tokens have its id'
  if (uses.some(({ proof }) => proof.mandate !== exchange.mandate)) return 'it was given on another mandate'
  if (uses.some(({ untilMs }) => untilMs < exchange.timeMs - MAX_SKEW_MS)) return 'it was used before it was given'
  if (uses.some(({ fromMs }) => fromMs > exchange.expiresMs + MAX_SKEW_MS)) return 'it was used after its end'
  return null
}

function ofToken(name: DifferenceClass, { authority, tokenId }: Token, timeMs: number, what: string): Difference {
  return differenceOf(name, `token ${authority} ${tokenId}`, timeMs, what)
}
