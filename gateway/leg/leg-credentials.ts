/** The two tokens of a leg: the gateway's own, and that of the caller's country. */
import { COUNTRY_TOKEN_HEADER } from '../../contract/trust/country-token.ts'
import type { Leg, RequestContext } from '../types/flow.ts'
import type { CountryTokens } from './country-tokens/country-tokens.ts'
import type { CountryToken } from './country-tokens/exchange-client.ts'
import type { LegClock } from './leg-clock.ts'
import type { Lacking } from './leg-extensions.ts'
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

/**
 * Makes the tokens of one leg. Callers of an authority go to a country with a country token or not at all: without one, the leg token names nobody. So it
 * is too if the country would refuse whoever the leg names, and the leg asks only what everybody may read.
 * @param brought what the country lacked: the proof of the caller's mandate, perhaps.
 * @returns null for a subgraph that no country publishes.
 * @throws {AuthorityUnavailable} or {ExchangeRefused}.
 */
export async function credentialsFor(
  { signLegToken, countryTokens }: CredentialOptions,
  leg: Leg,
  request: RequestContext,
  clock: LegClock,
  brought: ReadonlySet<Lacking>,
): Promise<LegCredentials | null> {
  const { country, isForNobody = false } = leg
  if (country === null) return null
  const isServed = countryTokens?.serves(request.caller) === true
  const proof = brought.has('mandateProof') ? 'needed' : undefined
  const mayName = isServed && !isForNobody
  const countryToken = mayName ? await countryTokens.tokenFor(request, country, clock, proof) : null
  const isNobody = isServed && countryToken === null
  const legToken = await signLegToken({
    caller: isNobody ? null : request.caller,
    grounds: request.grounds,
    rights: leg.rights ?? NO_RIGHTS,
    reads: leg.endpoint.groundsRead ?? [],
    use: leg.endpoint.legTokens ?? 'reuse',
    country,
    countryToken,
    query: leg.query,
  })
  return { legToken, countryToken, isNobody }
}

/** Adds the headers that carry the tokens: names and values in turn. */
export function addCredentials(headers: string[], { legToken, countryToken }: LegCredentials): void {
  headers.push('authorization', `Bearer ${legToken}`)
  if (countryToken !== null) headers.push(COUNTRY_TOKEN_HEADER, countryToken.token)
}
