import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aContext, anEndpoint, aParticipant } from '../testing.ts'
import type { EngineAnswer, Leg, LegAnswer, Participant } from '../types/flow.ts'
import { createEngine } from './engine.ts'

type Json = Record<string, unknown>

function participant(country: string, sdl?: string): Participant {
  const endpoint = anEndpoint()
  const persons = sdl === undefined ? endpoint : { ...endpoint, sdl }
  return aParticipant(country, { domains: { cases: endpoint, legal: endpoint, persons } })
}

/** Answers one operation over GT and HN; `answer` plays the countries. */
async function ask(
  source: string,
  answer: (leg: Leg) => LegAnswer,
  hnSdl?: string,
): Promise<EngineAnswer & { legs: Leg[] }> {
  const legs: Leg[] = []
  const engine = createEngine({
    supergraphSdl: OPEN_SUPERGRAPH_SDL,
    participants: [participant('GT'), participant('HN', hnSdl)],
    subgraphDefaults: { deadlineMs: 1, maxAnswerBytes: 1 },
    sendLeg: async (leg) => {
      legs.push(leg)
      return answer(leg)
    },
  })
  const request = { document: parse(source), source, operationName: undefined, variables: {} }
  return { ...(await engine.execute(request, aContext())), legs }
}

const data = (value: Json, errors: Json[] = []): LegAnswer => ({ kind: 'answered', data: value, errors })
const down: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } }

const person = (id: string, fields: Json): Json => ({ _iT: 'Person', _iId: id, ...fields })

/** GT answers a person whose `sameAs` crosses the border to a record of HN; `hn` answers for HN. */
const sameAs =
  (hn: (leg: Leg) => LegAnswer) =>
  (leg: Leg): LegAnswer =>
    leg.country === 'GT'
      ? data({ person: person('GT:1', { id: 'GT:1', sameAs: [person('HN:1', { id: 'HN:1' })] }) })
      : hn(leg)

const SAME_AS = '{ person(id: "GT:1") { id sameAs { id country sex } } }'

describe('an owner that', () => {
  it('answers adds the rest of its record', async () => {
    const answer = await ask(
      SAME_AS,
      sameAs(() => data({ _entities: [person('HN:1', { country: 'HN', sex: 'F' })] })),
    )
    expect(answer.errors).toBeUndefined()
    expect(answer.data).toEqual({ person: { id: 'GT:1', sameAs: [{ id: 'HN:1', country: 'HN', sex: 'F' }] } })
  })

  it('answers with another record than the requested one is UNAVAILABLE with BAD_ANSWER', async () => {
    const answer = await ask('{ person(id: "HN:1") { sex } }', () => data({ person: person('HN:2', { sex: 'F' }) }))
    expect(answer.data).toEqual({ person: null })
    expect(answer.extensions?.countries).toEqual([
      { country: 'HN', domain: 'persons', reach: 'UNAVAILABLE', code: 'BAD_ANSWER' },
    ])
  })

  it('does not have the record leaves only the id, without an error', async () => {
    const answer = await ask(
      SAME_AS,
      sameAs(() => data({ _entities: [null] })),
    )
    expect(answer.errors).toBeUndefined()
    expect(answer.data).toEqual({ person: { id: 'GT:1', sameAs: [{ id: 'HN:1', country: null, sex: null }] } })
  })

  it('is silent leaves only the id, with an error per field and its outcome in extensions.countries', async () => {
    const answer = await ask(
      SAME_AS,
      sameAs(() => down),
    )
    expect(answer.data).toEqual({ person: { id: 'GT:1', sameAs: [{ id: 'HN:1', country: null, sex: null }] } })
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions])).toEqual([
      [['person', 'sameAs', 'country'], { code: 'UNAVAILABLE', country: 'HN', coordinate: 'Person.country' }],
      [['person', 'sameAs', 'sex'], { code: 'UNAVAILABLE', country: 'HN', coordinate: 'Person.sex' }],
    ])
    expect(answer.extensions).toEqual({
      countries: [
        { country: 'GT', domain: 'persons', reach: 'ANSWERED', code: null },
        { country: 'HN', domain: 'persons', reach: 'UNAVAILABLE', code: 'CONNECTION' },
      ],
    })
  })

  it('does not publish a field is not asked for it, and its outcome says so', async () => {
    const sdl = 'type Query { person(id: ID!): Person } type Person { id: ID! country: CountryCode }'
    const answer = await ask(
      SAME_AS,
      sameAs(() => data({ _entities: [person('HN:1', { country: 'HN' })] })),
      sdl,
    )
    expect(answer.legs[1]?.query).not.toContain('sex')
    expect(answer.errors).toBeUndefined()
    expect(answer.extensions).toMatchObject({
      countries: [{ country: 'GT' }, { country: 'HN', reach: 'ANSWERED', code: 'PARTLY_NOT_PUBLISHED' }],
    })
  })

  it.each([
    ['another entity than the requested one', [person('HN:2', { country: 'HN' })], 'FOREIGN_RECORD'],
    ['too few entities', [], 'BAD_ANSWER'],
    ['too many entities', [null, null], 'BAD_ANSWER'],
    ['an entity of another type', [{ _iT: 'Case', _iId: 'HN:1' }], 'BAD_ANSWER'],
    ['a string in place of an entity', ['x'], 'BAD_ANSWER'],
    ['an object in place of the list', {}, 'BAD_ANSWER'],
  ])('answers with %s loses only its own rows', async (_, entities, code) => {
    const answer = await ask(
      SAME_AS,
      sameAs(() => data({ _entities: entities })),
    )
    expect(answer.data).toEqual({ person: { id: 'GT:1', sameAs: [{ id: 'HN:1', country: null, sex: null }] } })
    expect(answer.extensions).toMatchObject({ countries: [{ reach: 'ANSWERED' }, { reach: 'UNAVAILABLE', code }] })
  })

  it('reports an error has its text masked', async () => {
    const errors = [{ message: 'SELECT secret', path: ['person'], extensions: { code: 'INTERNAL' } }]
    const answer = await ask('{ person(id: "HN:1") { sex } }', () => data({ person: null }, errors))
    expect(JSON.stringify(answer)).not.toContain('secret')
    expect(answer.errors).toMatchObject([{ path: ['person'], extensions: { code: 'UNAVAILABLE', country: 'HN' } }])
  })

  it('denies a leg has the outcome DENIED', async () => {
    const errors = [{ message: 'no', extensions: { code: 'FORBIDDEN' } }]
    const answer = await ask('{ person(id: "HN:1") { sex } }', () => ({ kind: 'answered', data: null, errors }))
    expect(answer.errors).toMatchObject([{ extensions: { code: 'DENIED' } }])
    expect(answer.extensions).toMatchObject({ countries: [{ reach: 'DENIED', code: 'REFUSED_BY_NODE' }] })
  })
})

describe('an EVERY field', () => {
  const CASES = '{ cases(first: 2) { edges { node { id } } pageInfo { hasNextPage } outcomes { country reach code } } }'
  const page = (country: string, ...ids: string[]): Json => ({
    cases: {
      edges: ids.map((id) => ({
        _iC: encodeCursor({ order: 'FILED_ON_DESC', key: '~', id: `${country}:${id}` }),
        node: { _iT: 'Case', _iId: `${country}:${id}`, id: `${country}:${id}` },
      })),
      pageInfo: { hasNextPage: false },
      _iP: { _in: false, _ib: false },
    },
  })

  it('has both countries’ rows in one order, and no error', async () => {
    const answer = await ask(CASES, ({ country }) => data(country === 'GT' ? page('GT', '2', '3') : page('HN', '1')))
    expect(answer.errors).toBeUndefined()
    expect(answer.data).toEqual({
      cases: {
        edges: [{ node: { id: 'GT:2' } }, { node: { id: 'GT:3' } }],
        pageInfo: { hasNextPage: true },
        outcomes: [
          { country: 'GT', reach: 'ANSWERED', code: null },
          { country: 'HN', reach: 'ANSWERED', code: null },
        ],
      },
    })
  })

  it.each([
    ['is down', down, 'UNAVAILABLE', 'CONNECTION'],
    ['answers null', data({ cases: null }), 'UNAVAILABLE', 'BAD_ANSWER'],
    ['has errors that are not objects', data({ cases: null }, [null as unknown as Json]), 'UNAVAILABLE', 'BAD_ANSWER'],
    ['answers with another country’s rows', data(page('GT', '9')), 'UNAVAILABLE', 'FOREIGN_RECORD'],
    [
      'forges outcomes',
      data({ cases: { ...(page('HN', '1').cases as Json), outcomes: [{ country: 'GT', reach: 'DENIED' }] } }),
      'ANSWERED',
      null,
    ],
  ])('names a country that %s', async (_, hn, reach, code) => {
    const answer = await ask(CASES, ({ country }) => (country === 'GT' ? data(page('GT', '2')) : hn))
    const cases = (answer.data as { cases: { edges: unknown[]; outcomes: unknown[] } }).cases
    expect(cases.outcomes).toEqual([
      { country: 'GT', reach: 'ANSWERED', code: null },
      { country: 'HN', reach, code },
    ])
    expect(cases.edges).toHaveLength(reach === 'ANSWERED' ? 2 : 1)
  })

  it('says ROWS_DROPPED if a row of a country lacks a required value', async () => {
    const broken = page('HN', '1')
    ;(broken.cases as { edges: Json[] }).edges.push({
      _iC: encodeCursor({ order: 'FILED_ON_DESC', key: '~', id: 'HN:2' }),
      node: null,
    })
    const answer = await ask(CASES, ({ country }) => data(country === 'GT' ? page('GT') : broken))
    expect(answer.data).toMatchObject({
      cases: {
        edges: [{ node: { id: 'HN:1' } }],
        outcomes: [{}, { country: 'HN', reach: 'ANSWERED', code: 'ROWS_DROPPED' }],
      },
    })
    expect(answer.errors).toMatchObject([
      {
        path: ['cases', 'edges', 'node'],
        extensions: { code: 'BAD_ANSWER', country: 'HN', coordinate: 'CaseEdge.node' },
      },
    ])
  })
})

describe('a cursor that knows of a silent country', () => {
  const after = encodeCursor({ order: 'FILED_ON_DESC', key: '5', id: 'GT:5', silent: { HN: 0 } })
  const base = encodeCursor({ order: 'FILED_ON_DESC', key: '5', id: 'GT:5' })
  const source = `{ person(id: "GT:1") { sameAs { cases(after: "${after}") { edges { cursor } outcomes { country code } } } } }`
  const empty = { edges: [], _iP: { _in: false, _ib: false } }
  const answerFor =
    (stubs: readonly string[]) =>
    (leg: Leg): LegAnswer =>
      leg.domain === 'persons'
        ? data({ person: person('GT:1', { sameAs: stubs.map((id) => person(id, { __typename: 'Person', id })) }) })
        : data({ _entities: stubs.map((id) => person(id, { cases: empty })) })
  const codes = (answer: EngineAnswer): unknown =>
    (answer.data as { person: { sameAs: { cases: { outcomes: unknown } }[] } }).person.sameAs.map(
      ({ cases }) => cases.outcomes,
    )
  const afters = (legs: readonly Leg[]): unknown[] =>
    legs.filter((leg) => leg.domain === 'cases').map((leg) => [leg.country, leg.variables._iAfter0])

  it('asks that country from its former place, for one record', async () => {
    const answer = await ask(source, answerFor(['HN:1']))
    expect(afters(answer.legs)).toEqual([
      ['GT', base],
      ['HN', null],
    ])
    expect(codes(answer)).toEqual([
      [
        { country: 'GT', code: null },
        { country: 'HN', code: null },
      ],
    ])
  })

  it('cannot be used for several records, and the outcome says so', async () => {
    const answer = await ask(source, answerFor(['HN:1', 'HN:2']))
    expect(afters(answer.legs)).toEqual([
      ['GT', base],
      ['HN', base],
    ])
    const missed = [
      { country: 'GT', code: null },
      { country: 'HN', code: 'EARLIER_PAGES_MISSING' },
    ]
    expect(codes(answer)).toEqual([missed, missed])
  })
})

describe('what no country is asked', () => {
  it('is answered by the gateway itself', async () => {
    const answer = await ask('{ __typename q: __schema { queryType { name } } }', () => down)
    const data = { __typename: 'Query', q: { queryType: { name: 'Query' } } }
    expect(answer).toEqual({ data, json: JSON.stringify(data), legs: [] })
  })
})
