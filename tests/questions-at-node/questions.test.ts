import { createPrivateKey, randomUUID } from 'node:crypto'
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestKey } from '../../contract/trust/country-token/testing.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { type GivenIds, signGivenIds } from '../../contract/trust/given-ids.ts'
import { createTestSession, type MadeQuestion } from '../../contract/trust/question-statement/testing.ts'
import { type Answer, type Leg, nowS, type Question, startWorld, type World } from './world.ts'

const DOCUMENT = `query Q($id: ID!, $countries: [CountryCode!]) {
  person(id: $id) { id names { full } sameAs { id names { full } } cases(countries: $countries) { edges { node { id } } } }
}
query Other($id: ID!) { person(id: $id) { id birthDate } }`
const QUESTION: Question = {
  document: DOCUMENT,
  operation: 'Q',
  variables: { id: 'HN:P-1', countries: null },
  countries: ['HN', 'GT'],
}
const PERSON: Leg = {
  domain: 'persons',
  query: 'query($id:ID!){person(id:$id){id sameAs{id}}}',
  variables: { id: 'HN:P-1' },
}
const namesOf = (to: 'HN' | 'GT', ...ids: readonly string[]): Leg => ({
  ...{ to, domain: 'persons' },
  query: 'query($representations:[_Any!]!){_entities(representations:$representations){...on Person{id names{full}}}}',
  variables: { representations: ids.map((id) => ({ __typename: 'Person', id })) },
})
const casesOf = (to: 'HN' | 'GT', id: string): Leg => ({
  to,
  query:
    'query($representations:[_Any!]!,$c:[CountryCode!]){_entities(representations:$representations){...on Person{id cases(countries:$c){edges{cursor node{id}}}}}}',
  variables: { representations: [{ __typename: 'Person', id }], c: [to] },
})

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const REFUSED = [403, 'LEG_NOT_OF_QUESTION']
const outcome = ({ status, code }: Answer): readonly unknown[] => [status, code]

describe('a question at a node', () => {
  const withheld = { grounds: { purpose: 'INVESTIGATION' }, withheld: ['case'] }
  const other = createTestSession()

  it.each<[string, Partial<Leg>, Partial<Question>]>([
    ['is of another country', { hide: ['HN'] }, {}],
    ['shows no country', { hide: ['HN', 'GT'] }, {}],
    ['is not about this country', {}, { countries: ['GT'] }],
    ['is of another purpose', {}, { purpose: 'PROSECUTION' }],
    ['has a case that the mandate does not have', { legToken: withheld, hide: ['case'] }, { case: 'SV:C-1' }],
    [
      'has another legal basis',
      { legToken: { grounds: { purpose: 'INVESTIGATION', legalBasis: [] } } },
      { basis: ['UN:XVIII-12#27'] },
    ],
    ['has no legal basis', { legToken: { grounds: { purpose: 'INVESTIGATION', legalBasis: ['UN:XVIII-12#27'] } } }, {}],
    ['is of another access token', { countryToken: { caller_ath: sha256Url('another') } }, {}],
    ['is of another key', { countryToken: { caller_jkt: other.thumbprint } }, {}],
    ['was signed before the node started', {}, { iat: nowS() - 60 }],
    ['is post-dated', {}, { iat: nowS() + 60 }],
    ['is no statement', { statement: 'x~' }, {}],
    ['comes without a signature', { statement: 'eyJhbGciOiJub25lIn0.e30.~' }, {}],
    ['has another document', { document: `${DOCUMENT} ` }, { document: `${DOCUMENT} # ${randomUUID()}` }],
    ['has a document that does not parse', {}, { document: 'query Q {' }],
    ['has a document that is nested too deep', {}, { document: `query Q ${'{a'.repeat(200)}${'}'.repeat(200)}` }],
    ['has no such operation', {}, { operation: 'P' }],
    ['has two operations and names none', {}, { operation: undefined as never }],
    ['asks for it in the other operation', { query: 'query($id:ID!){person(id:$id){birthDate}}' }, {}],
  ])('is refused if it %s', async (_name, leg, over) => {
    const question = { ...QUESTION, ...over }
    expect(outcome(await world.send({ ...PERSON, ...leg }, question, world.ask(question)))).toEqual(REFUSED)
  })

  it('is demanded for each coordinate with a rule, also of an unbound token', async () => {
    const none = { ...PERSON, statement: null }
    const unbound = { ...none, countryToken: { caller_jkt: undefined, caller_ath: undefined, question: undefined } }
    const made = world.ask(QUESTION)
    expect(outcome(await world.send(none, QUESTION, made))).toEqual([403, 'QUESTION_NOT_SIGNED'])
    expect(outcome(await world.send(unbound, QUESTION, made))).toEqual([403, 'QUESTION_NOT_SIGNED'])
    expect(outcome(await world.send({ ...unbound, query: '{__typename}' }, QUESTION, made))).toEqual([200, null])
    expect(outcome(await world.send({ ...unbound, statement: made.text }, QUESTION, made))).toEqual(REFUSED)
  })

  it('may be a later one than that with which the gateway got the country token', async () => {
    const leg = { ...PERSON, countryToken: { question: randomUUID() } }
    expect(outcome(await world.send(leg, QUESTION, world.ask(QUESTION)))).toEqual([200, null])
  })

  it('signed by somebody else is refused, whatever it says', async () => {
    const made = world.ask(QUESTION, other)
    expect(outcome(await world.send(PERSON, QUESTION, made))).toEqual(REFUSED)
    const stolen = { ...made, jwt: world.ask(QUESTION).jwt }
    expect(outcome(await world.send(PERSON, QUESTION, stolen))).toEqual(REFUSED)
  })
})

describe('ids that a node gives', () => {
  const ask = async (...legs: readonly Leg[]): Promise<{ readonly made: MadeQuestion; readonly last: Answer }> => {
    const made = world.ask(QUESTION)
    let last: Answer | undefined
    for (const leg of legs) last = await world.send(leg, QUESTION, made)
    return { made, last: last as Answer }
  }
  const shownOf = (given: string | undefined, ...ids: readonly string[]): string => {
    const [jwt = '', ...rest] = (given ?? '').split('~').filter((part) => part !== '')
    const shown = rest.filter((part) => ids.includes(JSON.parse(Buffer.from(part, 'base64url').toString())[1]))
    return `${[jwt, ...shown].join('~')}~`
  }

  it('may be asked of itself without another proof, and of no question but this one', async () => {
    const { made, last } = await ask(PERSON)
    expect(JSON.stringify(last.data)).toContain('GT:P-9')
    expect(outcome(await world.send(casesOf('HN', 'GT:P-9'), QUESTION, made))).toEqual([200, null])
    expect(outcome(await world.send(casesOf('HN', 'GT:P-9'), QUESTION, world.ask(QUESTION)))).toEqual(REFUSED)
  })

  it('may be asked of a partner who sees its signature', async () => {
    const { made, last } = await ask(PERSON)
    const leg = namesOf('GT', 'GT:P-9')
    expect(outcome(await world.send(leg, QUESTION, made))).toEqual(REFUSED)
    const given = [shownOf(last.given, 'GT:P-9')]
    const answered = await world.send({ ...leg, given }, QUESTION, made)
    expect([outcome(answered), answered.data]).toEqual([
      [200, null],
      { _entities: [{ id: 'GT:P-9', names: [{ full: 'Name of GT:P-9' }] }] },
    ])
    // And back: what the partner gave leads to the first country again.
    const more = await world.send(
      { ...leg, given, query: leg.query.replace('names{full}', 'sameAs{id}') },
      QUESTION,
      made,
    )
    const back = casesOf('HN', 'HN:P-9')
    expect(outcome(await world.send(back, QUESTION, made))).toEqual(REFUSED)
    expect(outcome(await world.send({ ...back, given: [more.given ?? ''] }, QUESTION, made))).toEqual([200, null])
  })

  it('are not those that the leg asks about, which the question or a proof has led to', async () => {
    const { made, last } = await ask(PERSON)
    const given = [shownOf(last.given, 'GT:P-9')]
    const leg = { ...namesOf('GT', 'GT:P-9'), given }
    expect((await world.send(leg, QUESTION, made)).given).toBeUndefined()
    const more = await world.send({ ...leg, query: leg.query.replace('names{full}', 'sameAs{id}') }, QUESTION, made)
    expect(idsOf(more.given)).toEqual(['HN:P-9'])
    // Who has taken an id for this question takes it again without a proof, and for no other.
    expect(outcome(await world.send(namesOf('GT', 'GT:P-9'), QUESTION, made))).toEqual([200, null])
    expect(outcome(await world.send(namesOf('GT', 'GT:P-9'), QUESTION, world.ask(QUESTION)))).toEqual(REFUSED)
  })

  const sign = async (key: TestKey, over: Partial<GivenIds> = {}, jti = ''): Promise<string> => {
    const privateKey = createPrivateKey({ key: { ...(await exportJWK(key.privateKey)) }, format: 'jwk' })
    const { x = '' } = key.publicJwk
    const given = { country: 'HN', question: jti, ids: ['GT:P-9'], iat: nowS(), ...over }
    return signGivenIds(given, { privateKey, publicKey: { kty: 'OKP', crv: 'Ed25519', x } })
  }
  const jtiOf = ({ jwt }: MadeQuestion): string =>
    JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()).jti

  it.each<[string, (made: MadeQuestion) => Promise<string>, string]>([
    ['are of another question', () => sign(world.nodeKeys.HN, {}, randomUUID()), 'of this question'],
    ['are signed by a key that nobody has pinned', (made) => sign(world.nodeKeys.other, {}, jtiOf(made)), 'pinned'],
    [
      'are of a country whose key this is not',
      (made) => sign(world.nodeKeys.HN, { country: 'SV' }, jtiOf(made)),
      'pinned',
    ],
    ['are too old', (made) => sign(world.nodeKeys.HN, { iat: nowS() - 500 }, jtiOf(made)), 'of the last'],
    ['are of the future', (made) => sign(world.nodeKeys.HN, { iat: nowS() + 60 }, jtiOf(made)), 'of the last'],
    ['are other ids', (made) => sign(world.nodeKeys.HN, { ids: ['GT:P-8'] }, jtiOf(made)), 'of the question, or given'],
    [
      'show an id that nobody signed',
      async (made) =>
        `${await sign(world.nodeKeys.HN, { ids: [] }, jtiOf(made))}${Buffer.from('["c2FsdA","GT:P-9"]').toString('base64url')}~`,
      'a digest',
    ],
    [
      'have a broken signature',
      async (made) =>
        (await sign(world.nodeKeys.HN, {}, jtiOf(made))).replace(
          /\.(.)([^.~]*)~/,
          (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}~`,
        ),
      'a signature',
    ],
    ['are a text', async () => 'x', 'expected'],
    ['are the question itself', async (made) => made.text, 'the header'],
  ])('are refused if they %s', async (_name, make, reason) => {
    const made = world.ask(QUESTION)
    const before = world.logged.length
    const leg = { ...namesOf('GT', 'GT:P-9'), given: [await make(made)] }
    expect(outcome(await world.send(leg, QUESTION, made))).toEqual(REFUSED)
    const line = world.logged.slice(before).find((text) => text.includes('LEG_NOT_OF_QUESTION')) ?? '{}'
    expect(JSON.parse(line).expected).toContain(reason)
  })

  const idsOf = (given: string | undefined): readonly string[] =>
    (given ?? '').split('~').flatMap((part, at) => {
      if (at === 0 || part === '') return []
      return [JSON.parse(Buffer.from(part, 'base64url').toString())[1]]
    })

  it('hide the ids that are not shown', async () => {
    const { last } = await ask(PERSON, casesOf('HN', 'GT:P-9'))
    const ids = idsOf(last.given)
    expect(ids.length).toBeGreaterThan(1)
    for (const id of ids) {
      const shown = shownOf(last.given, id)
      const texts = shown.split(/[.~]/).map((part) => Buffer.from(part, 'base64url').toString())
      expect(ids.filter((other) => texts.some((text) => text.includes(`"${other}"`)))).toEqual([id])
    }
  })

  it('are not those of the question itself, which a partner takes without a signature', async () => {
    const { made, last } = await ask({ ...PERSON, query: 'query($id:ID!){person(id:$id){id sameAs{id}}}' })
    expect(JSON.stringify(last.data)).toContain('HN:P-1')
    expect(idsOf(last.given)).toEqual(['GT:P-9'])
    expect(outcome(await world.send(casesOf('GT', 'HN:P-1'), QUESTION, made))).toEqual([200, null])
    const none = await ask({ ...PERSON, query: 'query($id:ID!){person(id:$id){id}}' })
    expect(none.last.given).toBeUndefined()
  })
})

describe('what one question may take', () => {
  it('is a number of legs and of rows, counted over the domains of the node', async () => {
    const small = await startWorld({ caps: { legs: 4, rows: 30 } })
    try {
      const made = small.ask(QUESTION)
      const send = async (leg: Leg, by = made) => outcome(await small.send(leg, QUESTION, by))
      for (let at = 0; at < 4; at++) expect(await send(PERSON)).toEqual([200, null])
      expect(await send(PERSON)).toEqual([403, 'QUESTION_CAP_REACHED'])
      expect(await send(casesOf('HN', 'HN:P-1'))).toEqual([403, 'QUESTION_CAP_REACHED'])
      const second = small.ask(QUESTION)
      expect(await send(casesOf('HN', 'HN:P-1'), second)).toEqual([200, null])
      // 21 rows again are more than 30 in all: nothing of the answer leaves.
      expect(await send(casesOf('HN', 'HN:P-1'), second)).toEqual([403, 'QUESTION_CAP_REACHED'])
      expect(await send(PERSON, second)).toEqual([403, 'QUESTION_CAP_REACHED'])
    } finally {
      await small.close()
    }
  })

  it('is unlimited for what a country does not want signed, except that a question that comes is checked', async () => {
    const open = await startWorld({ questions: { persons: 'any' } })
    try {
      const made = open.ask(QUESTION)
      const send = async (leg: Leg) => outcome(await open.send(leg, QUESTION, made))
      expect(await send({ ...PERSON, statement: null })).toEqual([200, null])
      expect(await send({ ...casesOf('HN', 'HN:P-1'), statement: null })).toEqual([403, 'QUESTION_NOT_SIGNED'])
      expect(await send({ ...PERSON, variables: { id: 'HN:P-2' } })).toEqual(REFUSED)
      expect(open.logged.filter((line) => line.includes('`any`')).length).toBe(2)
    } finally {
      await open.close()
    }
  })
})
