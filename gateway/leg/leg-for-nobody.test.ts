import { describe, expect, it } from 'vitest'
import { createTestSession } from '../../contract/trust/question-statement/testing.ts'
import { verifyQuestion } from '../../contract/trust/question-statement.ts'
import { aCaller, aContext, anEndpoint } from '../testing.ts'
import type { Leg, RequestContext } from '../types/flow.ts'
import type { CountryTokens } from './country-tokens/country-tokens.ts'
import { credentialsFor } from './leg-credentials.ts'
import { writeLegExtensions } from './leg-question.ts'
import type { LegTokenRequest } from './leg-token.ts'

const LEG: Leg = {
  ...{ domain: 'legal', country: 'HN', endpoint: anEndpoint(), query: '{ statute { id } }', variables: {} },
  ...{ kind: 'query', rights: { scopes: [], policies: [] } },
}
const CALLER = aCaller()

/** Makes the credentials of a leg, and notes for whom the leg token was signed and how often a country token was got. */
async function make(leg: Leg, isServed: boolean) {
  const signed: LegTokenRequest[] = []
  let exchanges = 0
  const countryTokens = {
    serves: () => isServed,
    tokenFor: async () => {
      exchanges += 1
      return isServed ? { token: 'country-token', hash: 'hash', claims: { exp: 0 } } : null
    },
  } as unknown as CountryTokens
  const signLegToken = async (request: LegTokenRequest) => {
    signed.push(request)
    return 'leg-token'
  }
  const clock = {} as Parameters<typeof credentialsFor>[3]
  const request = aContext({ caller: CALLER })
  const made = await credentialsFor({ signLegToken, countryTokens }, leg, request, clock, new Set())
  return { isNobody: made?.isNobody, named: signed.map(({ caller }) => caller), exchanges }
}

describe('a leg that must not say who asks', () => {
  it('names nobody and gets no country token, if an authority vouches for the caller', async () => {
    expect(await make({ ...LEG, isForNobody: true }, true)).toEqual({ isNobody: true, named: [null], exchanges: 0 })
  })

  it('names the caller if no authority does, because the gateway then vouches itself', async () => {
    const { isNobody, named } = await make({ ...LEG, isForNobody: true }, false)
    expect([isNobody, named]).toEqual([false, [CALLER]])
  })

  it('differs from every other leg, which goes with a country token', async () => {
    expect(await make(LEG, true)).toEqual({ isNobody: false, named: [CALLER], exchanges: 1 })
  })

  it.each([
    [true, undefined],
    [false, 'carries it'],
  ])('carries no question: for nobody %s', (isNobody, expected) => {
    const now = Date.now()
    const made = createTestSession().ask({
      ...{ aud: 'https://istmo.example', iat: Math.floor(now / 1000), ath: 'a'.repeat(43), document: LEG.query },
    })
    const statement = verifyQuestion(made.text, { now: () => now })
    const trace = { names: new Map(), conditions: new Set<string>(), pages: new Set<string>(), ids: new Map() }
    const request: RequestContext = { ...aContext(), question: { statement, document: LEG.query, trace } }
    const parts = { brought: new Set(['document'] as const), proof: undefined, isNobody }
    const written = writeLegExtensions(LEG, request, new URL('http://127.0.0.1/legal'), parts)
    expect(written === undefined ? undefined : 'carries it').toBe(expected)
  })
})
