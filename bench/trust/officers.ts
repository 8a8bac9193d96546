/** The officers' requests, made before they are sent, so that the making is no part of what is measured. */
import { randomUUID } from 'node:crypto'
import { sha256Url } from '../../contract/trust/digest.ts'
import { createSession } from '../../tests/authority/clients.ts'
import { GATEWAY_ADDRESS } from '../../tests/authority/world.ts'
import { claimsOf, type IdentityProvider, signAs } from '../../tests/tokens/identity-provider.ts'
import { type Officer, SCOPES } from './authority.ts'
import { COUNTRIES, type Question } from './questions.ts'

/** A request that can be sent. */
export interface Shot {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How an officer asks: with a token only, with a proof of the key besides, or with a signed question besides both. */
export type Way = 'bearer' | 'proof' | 'signed'

/** Makes an officer as there were before authorities: the login provider's own token opens the countries. */
export async function officerBefore(
  provider: IdentityProvider,
  subject: string,
  how: 'bearer' | 'bound',
): Promise<Officer> {
  const session = how === 'bound' ? await createSession() : null
  const claims = claimsOf(provider)
  const [mandate] = claims.authorization_details as readonly object[]
  const token = await signAs(provider, {
    ...{ ...claims, sub: subject, scope: SCOPES.join(' ') },
    authorization_details: [{ ...mandate, countries: COUNTRIES }],
    ...(session && { cnf: { jkt: session.thumbprint } }),
  })
  return { token, session }
}

/**
 * Makes requests of officers, who take turns.
 * @param nonce the gateway's nonce for proofs; null before it gave one.
 */
export function makeShots(
  officers: readonly Officer[],
  { document, variables, countries }: Question,
  way: Way,
  nonce: string | null,
  count: number,
): readonly Shot[] {
  const body = JSON.stringify({ query: document, variables })
  const hashes = officers.map(({ token }) => sha256Url(token))
  return Array.from({ length: count }, (_, at) => {
    const turn = at % officers.length
    const { token, session } = officers[turn] as Officer
    if (way === 'bearer' || session === null) return { headers: { authorization: `Bearer ${token}` }, body }
    const [ath = '', iat] = [hashes[turn], Math.floor(Date.now() / 1_000)]
    const claims = {
      jti: randomUUID(),
      htm: 'POST',
      htu: `${GATEWAY_ADDRESS}/graphql`,
      iat,
      ath,
      nonce: nonce ?? undefined,
    }
    const dpop = session.signJwt({ alg: 'ES256', typ: 'dpop+jwt', jwk: session.key }, claims)
    const question = { aud: GATEWAY_ADDRESS, iat, ath, document, variables, countries }
    const statement = way === 'signed' ? { 'istmo-question': session.ask(question).text } : {}
    return { headers: { authorization: `DPoP ${token}`, dpop, ...statement }, body }
  })
}
