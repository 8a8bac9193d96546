import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disclose } from '../../contract/trust/sd-jwt.ts'
import { type Leg, type Question, startWorld, type World } from './world.ts'

/**
 * A mandate that is bound to a case at a node that answers without signed questions (`questions: any`): only the statement can show that a leg is
 * about the case, and it shows this also to a country that is not told which case it is.
 */

const CASE = 'SV:C-77'
const QUESTION: Question = {
  document: 'query ($id: ID!) { person(id: $id) { id birthDate } }',
  variables: { id: 'HN:P-1' },
  countries: ['HN'],
  case: CASE,
}
const PERSON: Leg = {
  domain: 'persons',
  query: 'query($id:ID!){person(id:$id){id birthDate}}',
  variables: { id: 'HN:P-1' },
}
const SHOWN = { grounds: { purpose: 'INVESTIGATION', case: CASE } }
const WITHHELD = { grounds: { purpose: 'INVESTIGATION' }, withheld: ['case'] }

let world: World
beforeAll(async () => {
  world = await startWorld({ questions: { persons: 'any' } }, [], CASE)
})
afterAll(() => world.close())

async function send(leg: Partial<Leg>, question: Question = QUESTION): Promise<readonly unknown[]> {
  const { status, code } = await world.send({ ...PERSON, ...leg }, question, world.ask(question))
  return [status, code]
}

describe('a mandate that is bound to a case', () => {
  it('opens the question that states the case', async () => {
    expect(await send({ legToken: SHOWN })).toEqual([200, null])
  })

  it('opens it also where the country is not shown the case', async () => {
    expect(await send({ legToken: WITHHELD, hide: ['case'] })).toEqual([200, null])
  })

  const NOT_OF_QUESTION = [403, 'LEG_NOT_OF_QUESTION']
  it.each<[string, Partial<Leg>, Question, readonly unknown[]]>([
    [
      'a question about another case',
      { legToken: { grounds: { purpose: 'INVESTIGATION', case: 'SV:C-1' } } },
      { ...QUESTION, case: 'SV:C-1' },
      NOT_OF_QUESTION,
    ],
    [
      'a question about another case that is not shown',
      { legToken: WITHHELD, hide: ['case'] },
      { ...QUESTION, case: 'SV:C-1' },
      NOT_OF_QUESTION,
    ],
    [
      'a question that states no case',
      { legToken: { grounds: { purpose: 'INVESTIGATION' } } },
      { ...QUESTION, case: undefined as never },
      NOT_OF_QUESTION,
    ],
    [
      'a leg that leaves the question away',
      { legToken: SHOWN, statement: null },
      QUESTION,
      [403, 'QUESTION_NOT_SIGNED'],
    ],
    [
      'a leg that leaves away question and case',
      { legToken: WITHHELD, statement: null },
      QUESTION,
      [403, 'QUESTION_NOT_SIGNED'],
    ],
    [
      'a leg whose token names another case',
      { legToken: { grounds: { purpose: 'INVESTIGATION', case: 'SV:C-1' } } },
      QUESTION,
      NOT_OF_QUESTION,
    ],
    [
      'a leg whose token names the case, and the question hides it',
      { legToken: SHOWN, hide: ['case'] },
      QUESTION,
      NOT_OF_QUESTION,
    ],
    [
      'a leg that does not say that it withholds the case',
      { legToken: { grounds: { purpose: 'INVESTIGATION' } } },
      QUESTION,
      NOT_OF_QUESTION,
    ],
  ])('does not open %s', async (_, leg, question, refused) => {
    expect(await send(leg, question)).toEqual(refused)
  })

  it('does not open a question with the same case under a salt of its own, which would be another digest', async () => {
    const { jwt, disclosures } = world.session.ask({
      ...{ aud: 'https://gateway.example', iat: Math.floor(Date.now() / 1_000), ath: 'a'.repeat(43) },
      ...{ document: QUESTION.document, variables: QUESTION.variables ?? {}, case: CASE },
      disclosedCase: disclose('case', CASE),
    })
    const statement = `${[jwt, ...disclosures.values()].join('~')}~`
    expect(await send({ legToken: SHOWN, statement })).toEqual(NOT_OF_QUESTION)
  })
})

describe('a mandate without a case', () => {
  it('is not widened by a case that the gateway makes up', async () => {
    const free = await startWorld({ questions: { persons: 'any' } })
    try {
      const question = { ...QUESTION, case: undefined as never }
      const leg = { ...PERSON, legToken: SHOWN, statement: null }
      const { status, code } = await free.send(leg, question, free.ask(question))
      expect([status, code]).toEqual([403, 'CALLER_NOT_VERIFIED'])
    } finally {
      await free.close()
    }
  })
})
