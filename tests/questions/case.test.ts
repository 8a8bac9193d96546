import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../../clients/client.ts'
import type { ClientError } from '../../clients/client-error.ts'
import { type Question, signQuestion } from '../../clients/sign-question.ts'
import { verifyQuestion } from '../../contract/trust/question-statement.ts'
import { disclose } from '../../contract/trust/sd-jwt.ts'
import { startWorld, type TestSession, type World } from './world.ts'

/** A mandate that is bound to a case by a digest, from the tool to the countries. Only Honduras wants to know the case. */

const CASE = 'GT:MP001-2026-1234'
const BOUND = disclose('case', CASE)
const PERSON =
  'query ($id: ID!, $order: CaseOrder!) { person(id: $id) { id cases(orderBy: $order) { edges { node { id status } } } } }'
const VARIABLES = { id: 'GT:P-1', order: 'ID_ASC' }

let world: World
let bound: TestSession
let free: TestSession
beforeAll(async () => {
  world = await startWorld()
  bound = await world.session({ mandate: { case_digest: BOUND.digest } })
  free = await world.session()
}, 60_000)
afterAll(() => world?.close())
beforeEach(() => void world.nodes.takeLegs())

const ask = (session: TestSession, grounds: object) =>
  createClient({ gateway: world.gateway.url, authority: session }).ask(PERSON, VARIABLES, {
    purpose: 'INVESTIGATION',
    ...grounds,
  })

describe('a question on a mandate that is bound to a case', () => {
  it('shows the case to the country whose rules read it, and its digest to all', async () => {
    const { errors } = await ask(bound, { caseDisclosure: BOUND.disclosure, countries: ['GT', 'HN'] })
    expect(errors).toBe(undefined)
    const legs = world.nodes.takeLegs().map(({ country, body }) => {
      const text = body.extensions?.istmo?.question ?? ''
      const { case: shown, caseDigest } = verifyQuestion(text, { now: Date.now })
      return { country, shown, caseDigest, isNamed: JSON.stringify(body).includes(BOUND.disclosure) }
    })
    const [hn, gt] = ['HN', 'GT'].map((code) => legs.filter(({ country }) => country === code))
    expect(hn).not.toEqual([])
    expect(gt).not.toEqual([])
    for (const leg of hn ?? []) expect(leg).toMatchObject({ shown: CASE, caseDigest: BOUND.digest, isNamed: true })
    for (const leg of gt ?? []) expect(leg).toMatchObject({ shown: null, caseDigest: BOUND.digest, isNamed: false })
  })

  it.each<[string, object, string]>([
    ['without the file of the case', {}, 'CASE_MISSING'],
    ['with the id only', { case: CASE }, 'CASE_MISSING'],
    [
      'with the file of another mandate',
      { caseDisclosure: disclose('case', CASE).disclosure },
      'CASE_OF_OTHER_MANDATE',
    ],
    [
      'with another id than that of the file',
      { case: 'GT:1', caseDisclosure: BOUND.disclosure },
      'CASE_OF_OTHER_MANDATE',
    ],
  ])('is not signed %s', async (_, grounds, code) => {
    const error = await ask(bound, grounds).catch((thrown: ClientError) => thrown)
    expect(error).toMatchObject({ code })
    expect(world.nodes.takeLegs()).toEqual([])
  })

  it('is not signed with the file of a case on a mandate that has none', async () => {
    const error = await ask(free, { caseDisclosure: BOUND.disclosure }).catch((thrown: ClientError) => thrown)
    expect(error).toMatchObject({ code: 'CASE_OF_OTHER_MANDATE' })
  })

  it.each<[string, () => Partial<Question>, string, RegExp]>([
    ['states another case', () => ({ case: 'GT:C-9' }), 'MANDATE_NOT_COVERED', /another case/],
    ['states the case under a salt of its own', () => ({ case: CASE }), 'MANDATE_NOT_COVERED', /another case/],
    ['states no case', () => ({}), 'QUESTION_INVALID', /bound to a case/],
  ])('is refused by the gateway if it %s', async (_, over, code, message) => {
    const { key, accessToken, sender } = bound
    const question = {
      ...{ gateway: world.gateway.url, accessToken, document: PERSON, variables: VARIABLES, purpose: 'INVESTIGATION' },
      ...{ basis: [], countries: ['*'], iat: Math.floor(Date.now() / 1_000), ...over() },
    }
    const body = JSON.stringify({ query: PERSON, variables: VARIABLES })
    const headers = { 'content-type': 'application/json', 'istmo-question': (await signQuestion(question, key)).text }
    const response = await sender.send(`${world.gateway.url}/graphql`, { method: 'POST', headers, body }, accessToken)
    const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] }
    expect(errors[0]?.extensions.code).toBe(code)
    expect(errors[0]?.message).toMatch(message)
    expect(world.nodes.takeLegs()).toEqual([])
  })

  it('opens nothing with a rule if it is not signed', async () => {
    const { accessToken, sender } = bound
    const body = JSON.stringify({ query: PERSON, variables: VARIABLES })
    const headers = { 'content-type': 'application/json' }
    const response = await sender.send(`${world.gateway.url}/graphql`, { method: 'POST', headers, body }, accessToken)
    const text = await response.text()
    expect(text).toContain('MANDATE_NOT_COVERED')
    expect(text).not.toContain('GT:Case-1')
  })
})
