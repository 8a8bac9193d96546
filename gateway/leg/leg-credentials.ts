/** The two tokens of a leg: the gateway's own, and that of the caller's country. */
import type { GroundsPart } from '../../contract/leg-token.ts'
import { COUNTRY_TOKEN_HEADER } from '../../contract/trust/country-token.ts'
import type { Leg, RequestContext } from '../types/flow.ts'
import type { CountryTokens } from './country-tokens/country-tokens.ts'
import type { CountryToken } from './country-tokens/exchange-client.ts'
import type { LegClock } from './leg-clock.ts'
import type { Lacking } from './leg-question.ts'
import type { SignLegToken } from './leg-token.ts'

/** What a leg shows of the gateway and of its caller. */
export interface LegCredentials {
  readonly legToken: string
  /** Null if the leg says nothing of who asks, or if the gateway vouches for the caller itself. */
  readonly countryToken: CountryToken | null
  /** Whether somebody asks and the leg does not say who. */
  readonly isNobody: boolean
}

/** What {@link credentialsFor} works with. */
export interface CredentialOptions {
  readonly signLegToken: SignLegToken
  /** Without it, the gateway vouches for all callers itself. */
  readonly countryTokens?: CountryTokens
}

const NO_RIGHTS = { scopes: [], policies: [] }
const NO_PARTS: readonly GroundsPart[] = []

/**
 * Makes the tokens of one leg. Callers of an authority go to a country with a country token or not at all: without one, the leg token names nobody. So it
 * is too if the country would refuse whoever the leg names, and the leg asks only what everybody may read.
 * @param brought what the country lacked: the proof of the caller's mandate, perhaps.
 * @returns null for a subgraph that no country publishes; a promise if a token is not there yet.
 * @throws {AuthorityUnavailable} or {ExchangeRefused}, by the promise.
 */
export function credentialsFor(
  options: CredentialOptions,
  leg: Leg,
  request: RequestContext,
  clock: LegClock,
  brought: ReadonlySet<Lacking>,
): LegCredentials | null | Promise<LegCredentials> {
  const { country, isForNobody = false } = leg
  if (country === null) return null
  const { countryTokens } = options
  const isServed = countryTokens?.serves(request.caller) === true
  if (!isServed || isForNobody) return withLegToken(options, leg, request, country, { countryToken: null, isServed })
  const proof = brought.has('mandateProof') ? 'needed' : undefined
  const countryToken = countryTokens.tokenFor(request, country, clock, proof)
  return countryToken instanceof Promise
    ? countryToken.then((come) => withLegToken(options, leg, request, country, { countryToken: come, isServed }))
    : withLegToken(options, leg, request, country, { countryToken, isServed })
}

/** Adds the gateway's own token to the country token. Almost every leg finds both, and then nobody waits. */
function withLegToken(
  { signLegToken }: CredentialOptions,
  leg: Leg,
  request: RequestContext,
  country: string,
  { countryToken, isServed }: { readonly countryToken: CountryToken | null; readonly isServed: boolean },
): LegCredentials | Promise<LegCredentials> {
  const isNobody = isServed && countryToken === null
  const legToken = signLegToken({
    caller: isNobody ? null : request.caller,
    grounds: request.grounds,
    rights: leg.rights ?? NO_RIGHTS,
    reads: leg.endpoint.groundsRead ?? NO_PARTS,
    use: leg.endpoint.legTokens ?? 'reuse',
    country,
    countryToken,
    query: leg.query,
  })
  if (typeof legToken === 'string') return { legToken, countryToken, isNobody }
  return legToken.then((signed) => ({ legToken: signed, countryToken, isNobody }))
}

/** Returns the headers that carry the tokens, names and values in turn. */
export function headersOfCredentials({ legToken, countryToken }: LegCredentials): readonly string[] {
  const own = ['authorization', `Bearer ${legToken}`]
  return countryToken === null ? own : [...own, COUNTRY_TOKEN_HEADER, countryToken.token]
}
