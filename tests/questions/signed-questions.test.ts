import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../../clients/client.ts'
import { verifyQuestion } from '../../contract/trust/question-statement.ts'
import type { ReceivedLeg } from './stub-nodes.ts'
import { sha256, startWorld, type TestSession, type World } from './world.ts'

let world: World
let session: TestSession

beforeAll(async () => {
  world = await startWorld()
  session = await world.session({ mandate: { case: 'GT:CASE-7', purposes: ['INVESTIGATION', 'PROSECUTION'] } })
})
afterAll(() => world?.close())
beforeEach(() => {
  world.nodes.refuse = () => null
  world.nodes.takeLegs()
})

const ask = (document: string, variables: object, grounds: object = {}) =>
  createClient({ gateway: world.gateway.url, authority: session }).ask(
    document,
    { ...variables },
    {
      purpose: 'INVESTIGATION',
      ...grounds,
    },
  )

/** What a leg shows of the question. */
function shownBy({ country, domain, body }: ReceivedLeg) {
  const text = body.extensions?.istmo?.question ?? ''
  const { countries, variables, case: caseId, undisclosed } = verifyQuestion(text, { now: Date.now })
  return { country, domain, countries, variables: Object.fromEntries(variables), caseId, undisclosed }
}

const PERSON =
  'query ($id: ID!, $order: CaseOrder!) { person(id: $id) { id cases(orderBy: $order) { edges { node { id status } } } } }'

describe('a signed question', () => {
  it('is answered, and each leg shows its own country, the variables that it carries, and the case only where rules read it', async () => {
    const variables = { id: 'GT:P-1', order: 'ID_ASC' }
    const { status, errors, data } = await ask(PERSON, variables, { countries: ['GT', 'HN'] })
    expect([status, errors]).toEqual([200, undefined])
    expect(data).toMatchObject({
      person: { id: 'GT:P-1', cases: { edges: [{ node: { id: 'GT:Case-1' } }, { node: { id: 'HN:Case-1' } }] } },
    })
    const shown = world.nodes.takeLegs().map(shownBy)
    const byPlace = Object.fromEntries(shown.map((leg) => [`${leg.country} ${leg.domain}`, leg]))
    expect(Object.keys(byPlace).sort()).toEqual(['GT cases', 'GT persons', 'HN cases'])
    expect(byPlace['GT persons']).toMatchObject({ countries: ['GT'], variables: { id: 'GT:P-1' }, caseId: null })
    // The person of these legs is the one that the variable names: its value is the proof.
    expect(byPlace['GT cases']).toMatchObject({ countries: ['GT'], variables, caseId: null })
    expect(byPlace['HN cases']).toMatchObject({ countries: ['HN'], variables, caseId: 'GT:CASE-7' })
    expect(byPlace['GT persons']?.undisclosed).toEqual({ case: 1, countries: 1, variables: 1 })
  })

  it('shows no country the filter of another field, nor the countries that are asked beside it', async () => {
    const document = `query ($filter: CaseFilter!, $countries: [CountryCode!]!, $id: ID!, $with: Boolean!) {
      cases(countries: $countries, filter: $filter) { edges { node { id } } }
      person(id: $id) @include(if: $with) { id }
    }`
    const variables = { filter: { status: ['OPEN'] }, countries: ['HN'], id: 'GT:P-1', with: true }
    const { errors } = await ask(document, variables)
    expect(errors).toBe(undefined)
    const shown = world.nodes.takeLegs().map(shownBy)
    expect(shown.map(({ country, variables: names }) => [country, Object.keys(names).sort()]).sort()).toEqual([
      ['GT', ['id', 'with']],
      ['HN', ['filter', 'with']],
    ])
    expect(shown.every(({ countries }) => countries.join() === '*')).toBe(true)
  })

  it('brings its document to a node that does not know it, once, and to no other', async () => {
    const known = new Set<string>()
    world.nodes.refuse = ({ country, body }) => {
      if (body.extensions?.istmo?.document !== undefined) known.add(country)
      return known.has(country) ? null : 'DOCUMENT_UNKNOWN'
    }
    const first = await ask(PERSON, { id: 'GT:P-1', order: 'ID_ASC' })
    expect(first.errors).toBe(undefined)
    const brought = world.nodes.takeLegs().filter(({ body }) => body.extensions?.istmo?.document !== undefined)
    expect(brought.map(({ country }) => country).sort()).toEqual(['GT', 'HN'])
    expect(brought.every(({ body }) => sha256(body.extensions?.istmo?.document ?? '') === first.asked.doc)).toBe(true)
    await ask(PERSON, { id: 'GT:P-1', order: 'ID_ASC' })
    expect(world.nodes.takeLegs().some(({ body }) => body.extensions?.istmo?.document !== undefined)).toBe(false)
  })

  it('is sent once more with the document, and then its refusal stands', async () => {
    world.nodes.refuse = () => 'DOCUMENT_UNKNOWN'
    const { extensions } = await ask(PERSON, { id: 'GT:P-1', order: 'ID_ASC' })
    expect(extensions?.countries).toContainEqual(expect.objectContaining({ country: 'GT', reach: 'DENIED' }))
    expect(world.nodes.takeLegs()).toHaveLength(2)
  })

  it('whose statement is longer than a header may be is taken from the body', async () => {
    const document = 'query ($filter: CaseFilter!) { cases(filter: $filter) { edges { node { id } } } }'
    const subdivision = Array.from({ length: 100 }, (_, index) => `GT-${index}${'x'.repeat(90)}`)
    const { status, errors } = await ask(document, { filter: { subdivision } })
    expect([status, errors]).toEqual([200, undefined])
    expect(world.nodes.takeLegs().map(shownBy)[0]?.variables).toEqual({ filter: { subdivision } })
  })

  it('acts on the grounds that it states, also if the mandate leaves a choice', async () => {
    const { errors } = await ask(PERSON, { id: 'GT:P-1', order: 'ID_ASC' }, { purpose: 'PROSECUTION' })
    expect(errors).toBe(undefined)
  })

  it('changes nothing of a request without a statement', async () => {
    const { accessToken, sender } = session
    const body = JSON.stringify({ query: PERSON, variables: { id: 'GT:P-1', order: 'ID_ASC' } })
    const headers = { 'content-type': 'application/json', 'istmo-mandate': 'purpose=INVESTIGATION' }
    const response = await sender.send(`${world.gateway.url}/graphql`, { method: 'POST', headers, body }, accessToken)
    expect(response.status).toBe(200)
    expect(world.nodes.takeLegs().map(({ body: leg }) => Object.keys(leg))).toEqual(
      Array.from({ length: 3 }, () => ['query', 'variables']),
    )
  })
})

describe('evidence', () => {
  it('has each leg’s bodies as they went and came, so that the tool can open the countries’ hashes', async () => {
    const keys = { GT: world.nodes.logKeys.GT ?? '', HN: world.nodes.logKeys.HN ?? '' }
    const client = createClient({
      gateway: world.gateway.url,
      authority: session,
      keys,
      grounds: { purpose: 'INVESTIGATION' },
    })
    const { errors, evidence } = await client.ask(PERSON, { id: 'GT:P-1', order: 'ID_ASC' })
    expect(errors).toBe(undefined)
    expect(evidence?.legs.map(({ country, domain, reason }) => `${country} ${domain} ${reason}`).sort()).toEqual([
      'GT cases null',
      'GT persons null',
      'HN cases null',
    ])
    expect(evidence?.unsigned).toEqual([])
  })

  it('is given only to a caller who asks for it', async () => {
    const { extensions } = await ask(PERSON, { id: 'GT:P-1', order: 'ID_ASC' })
    expect(extensions?.istmo).toBe(undefined)
  })
})
