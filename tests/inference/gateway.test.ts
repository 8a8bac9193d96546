import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { createEngine } from '../../gateway/pipeline/engine.ts'
import { SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { aContext, anEndpoint, aParticipant, aTaskForce } from '../../gateway/testing.ts'
import type { EngineAnswer, Leg } from '../../gateway/types/flow.ts'
import type { Participant } from '../../gateway/types/participant.ts'
import { callerOf } from '../rights/guarded-engine.ts'
import { cursorOf, documentOf, MORE, STRICTER, TELLING } from './stricter.ts'

/**
 * A caller who may not read a field cannot learn its value by a filter, an order or a cursor: the gateway does not ask the country that
 * guards it.
 */

const SCOPES = ['case:read', 'person:read', 'warrant:read', 'case:count', 'person:hit', MORE]

function participant(country: string, scopes: readonly string[], sdl?: string): Participant {
  const access = { country, taskForces: [aTaskForce({ scopes: [...scopes] })], policies: createPolicySet(country, '') }
  const { domains } = aParticipant(country)
  const cases = { ...anEndpoint(), ...(sdl === undefined ? {} : { sdl }) }
  return aParticipant(country, { access, domains: { ...domains, cases } })
}

const WORLD = [
  participant('GT', SCOPES),
  participant(
    'HN',
    SCOPES.filter((scope) => scope !== MORE),
    STRICTER,
  ),
  // Does not publish dates of filing.
  participant('SV', SCOPES, domainSdl('cases').replace('  filedOn: Date\n', '')),
]

async function ask(
  source: string,
  variables: Record<string, unknown> = {},
): Promise<{ legs: Leg[]; answer: EngineAnswer }> {
  const legs: Leg[] = []
  const engine = createEngine({
    supergraphSdl: SUPERGRAPH_SDL,
    participants: WORLD,
    subgraphDefaults: { deadlineMs: 1, maxAnswerBytes: 1 },
    async sendLeg(leg) {
      legs.push(leg)
      return { kind: 'answered', data: scripted(leg), errors: [] }
    },
  })
  const request = { document: parse(source), source, operationName: undefined, variables }
  const caller = callerOf(SCOPES, ['GT', 'HN', 'SV'])
  const answer = await engine.execute(request, aContext({ caller, grounds: { purpose: 'INVESTIGATION' } }))
  return { legs, answer }
}

/** Returns the smallest answer that a country can give. */
function scripted({ query, country }: Leg): Record<string, unknown> {
  const record = (type: string): object => ({ _iT: type, _iId: `${country}:1`, __typename: type, id: `${country}:1` })
  if (query.includes('person(')) return { person: record('Person') }
  if (query.includes('case(')) return { case: record('Case') }
  return { cases: { _iE: [], pageInfo: {} } }
}

const countriesOf = (legs: readonly Leg[]): unknown[] => legs.map(({ country }) => country)

describe('a country with a stricter rule for a field', () => {
  it.each(TELLING)('is not asked if the operation has %s', async (_, arguments_, variables, coordinate) => {
    const { legs, answer } = await ask(documentOf(arguments_, ['GT', 'HN']), variables)
    expect(countriesOf(legs)).toEqual(['GT'])
    const reported = answer.errors?.map(({ extensions }) => [
      extensions?.code,
      extensions?.country,
      extensions?.coordinate,
    ])
    expect(reported).toContainEqual(['FORBIDDEN_BY_COUNTRY', 'HN', coordinate])
    expect(JSON.stringify(answer)).not.toContain(MORE)
  })

  it.each([
    ['an order that reveals nothing', 'orderBy: ID_ASC'],
    ['a filter by null', 'filter: { status: null, filedFrom: null }, orderBy: ID_ASC'],
  ])('is asked if the operation has %s', async (_, arguments_) => {
    expect(countriesOf((await ask(documentOf(arguments_, ['GT', 'HN']))).legs)).toEqual(['GT', 'HN'])
  })

  it.each(['FILED_ON_DESC', 'FILED_ON_ASC'])(
    'is protected from a cursor of %s under an order that it allows: the gateway rejects the cursor',
    async (order) => {
      await expect(ask(documentOf(`orderBy: ID_ASC, after: "${cursorOf(order)}"`, ['HN']))).rejects.toMatchObject({
        code: 'BAD_CURSOR',
      })
    },
  )

  it.each([
    ['the order', '', 'Query.warrants(first:)'],
    ['a filter by status', ', filter: { status: [ACTIVE] }', 'WarrantFilter.status'],
    ['a filter by day', ', filter: { issuedFrom: "2026-01-01" }', 'WarrantFilter.issuedFrom'],
  ])('is not asked for its warrants, because %s would tell', async (_, filter, coordinate) => {
    const { legs, answer } = await ask(`{ warrants(countries: ["GT", "HN"]${filter}) { edges { cursor } } }`)
    expect(countriesOf(legs)).toEqual(['GT'])
    const told = answer.errors?.map(({ extensions }) => [extensions?.country, extensions?.coordinate])
    expect(told).toContainEqual(['HN', coordinate])
  })

  it.each([
    [
      'pages of a case, in the default order',
      '{ case(id: "HN:1") { id warrants { edges { cursor } } } }',
      'Case.warrants(first:)',
    ],
    [
      'pages whose size is null',
      '{ case(id: "HN:1") { id warrants(first: null) { edges { cursor } } } }',
      'Case.warrants(first:)',
    ],
    [
      'pages of a person, in the default order',
      '{ person(id: "GT:1") { warrants(countries: ["HN"]) { edges { cursor } } } }',
      'Person.warrants(first:)',
    ],
    [
      'a filter of a person’s warrants',
      '{ person(id: "GT:1") { warrants(countries: ["HN"], status: ACTIVE) { edges { cursor } } } }',
      'Person.warrants',
    ],
  ])('is not asked for warrants by %s', async (_, source) => {
    const { legs, answer } = await ask(source)
    expect(legs.filter(({ query, country }) => country === 'HN' && query.includes('warrants'))).toEqual([])
    expect(answer.errors?.length).toBeGreaterThan(0)
  })
})

describe('a country that does not publish a field', () => {
  it.each([
    'orderBy: FILED_ON_ASC',
    'orderBy: null',
    'first: 1',
    'filter: { filedFrom: "2026-01-01" }, orderBy: ID_ASC',
  ])('is not asked if the argument would reveal it, because its node rejects the leg: %s', async (arguments_) => {
    const { legs, answer } = await ask(documentOf(arguments_, ['GT', 'SV']))
    expect(countriesOf(legs)).toEqual(['GT'])
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN_BY_COUNTRY', country: 'SV' })
  })

  it('is asked if the arguments reveal nothing', async () => {
    expect(countriesOf((await ask(documentOf('orderBy: ID_ASC', ['GT', 'SV']))).legs)).toEqual(['GT', 'SV'])
  })
})
