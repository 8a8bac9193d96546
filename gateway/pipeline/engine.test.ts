import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aContext, anEndpoint, aParticipant } from '../testing.ts'
import type { EngineAnswer, Leg, LegAnswer } from '../types/flow.ts'
import type { Participant } from '../types/participant.ts'
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
  const answered = await engine.execute(request, aContext())
  return { ...answered, data: answered.data, legs }
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
      [['person', 'sameAs', 0, 'country'], { code: 'UNAVAILABLE', country: 'HN', coordinate: 'Person.country' }],
      [['person', 'sameAs', 0, 'sex'], { code: 'UNAVAILABLE', country: 'HN', coordinate: 'Person.sex' }],
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
        path: ['cases', 'edges'],
        extensions: { code: 'ROWS_DROPPED', country: 'HN', coordinate: 'CaseEdge.node', count: 1 },
      },
    ])
  })
})

describe('an error of a row', () => {
  const node = (id: string, change: Json = {}): Json => ({
    _iT: 'Case',
    _iId: id,
    id,
    court: 'x',
    offences: [],
    ...change,
  })
  const rows = (...nodes: Json[]): LegAnswer => {
    const edges = nodes.map((one) => ({
      _iC: encodeCursor({ order: 'ID_ASC', key: '', id: String(one.id) }),
      node: one,
    }))
    return data({ cases: { edges, _iP: { _in: false, _ib: false } } })
  }
  const ALL = '{ cases(orderBy: ID_ASC) { edges { node { id court offences { iccs attempted } } } } }'

  it('has the index that the row has after merging, in each list', async () => {
    const bad = { offences: [{ iccs: null }, { iccs: '01', attempted: {} }], court: [] }
    const answer = await ask(ALL, ({ country }) =>
      country === 'GT' ? rows(node('GT:1'), node('GT:2')) : rows(node('HN:1', { id: 'HN:1' }), node('HN:2', bad)),
    )
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions?.code])).toEqual([
      [['cases', 'edges', 3, 'node', 'court'], 'BAD_ANSWER'],
      [['cases', 'edges', 3, 'node', 'offences'], 'ROWS_DROPPED'],
      [['cases', 'edges', 3, 'node', 'offences', 0, 'attempted'], 'BAD_ANSWER'],
    ])
  })

  it('is left out if the row is not on the page', async () => {
    const answer = await ask(ALL.replace('ID_ASC', 'ID_ASC, first: 2'), ({ country }) =>
      country === 'GT' ? rows(node('GT:1'), node('GT:2')) : rows(node('HN:2', { court: [] })),
    )
    expect(answer.errors).toBeUndefined()
  })

  it('of an owner stands at each place of the record', async () => {
    const answer = await ask('{ a: case(id: "GT:1") { linkedCases { id linkedCases { court } } } }', (leg) => {
      if (leg.country === 'HN') return down
      const stub = (id: string): Json => ({ _iT: 'Case', _iId: id, id })
      return 'representations' in leg.variables
        ? data({
            _entities: (leg.variables.representations as Json[]).map(({ id }) => {
              return { ...stub(String(id)), linkedCases: [stub('HN:9')] }
            }),
          })
        : data({ a: { ...stub('GT:1'), linkedCases: [stub('GT:2'), stub('GT:3')] } })
    })
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions?.code, extensions?.country])).toEqual(
      [0, 1].map((i) => [['a', 'linkedCases', i, 'linkedCases', 0, 'court'], 'UNAVAILABLE', 'HN']),
    )
  })

  it('is one of at most 100, if there are more', async () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ iccs: '01', attempted: [i] }))
    const answer = await ask(ALL, ({ country }) => rows(node(`${country}:1`, { offences: [...many, ...many] })))
    expect(answer.errors).toHaveLength(101)
    expect(answer.errors?.map(({ extensions }) => extensions?.code).at(-1)).toBe('ERRORS_CUT')
  })
})

describe('a field with `outcomes` that the operation does not ask for', () => {
  it('has an error for each country that is missing, with the reach as its code', async () => {
    const page = data({ all: { edges: [], _iP: { _in: false, _ib: false } } })
    const answer = await ask(
      '{ all: cases(countries: ["GT", "HN", "CR"]) { edges { node { id } } } }',
      ({ country }) => (country === 'GT' ? page : down),
    )
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions])).toEqual([
      [['all'], { code: 'NOT_PUBLISHED', country: 'CR', coordinate: 'Query.cases' }],
      [['all'], { code: 'UNAVAILABLE', country: 'HN', coordinate: 'Query.cases' }],
    ])
  })

  it('has that error at each record that the field is asked of', async () => {
    const answer = await ask('{ person(id: "GT:1") { sameAs { cases { edges { node { id } } } } } }', (leg) => {
      if (leg.country === 'HN') return down
      const empty = { edges: [], _iP: { _in: false, _ib: false } }
      if (leg.domain === 'persons')
        return data({
          person: person('GT:1', { sameAs: ['GT:2', 'HN:2'].map((id) => person(id, { id, __typename: 'Person' })) }),
        })
      return data({
        _entities: (leg.variables.representations as Json[]).map(({ id }) => person(String(id), { cases: empty })),
      })
    })
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions?.code, extensions?.country])).toEqual(
      [0, 1].map((i) => [['person', 'sameAs', i, 'cases'], 'UNAVAILABLE', 'HN']),
    )
  })
})

describe('what no country could take', () => {
  const cursor = Buffer.from(JSON.stringify(['FILED_ON_DESC', '~', 'GT:\0'])).toString('base64url')
  const codes = Array(4_900).fill('"01"').join()

  it.each<[string, string, string]>([
    [
      'U+0000 in a filter',
      String.raw`{ cases(filter: { subdivision: ["a\u0000"] }) { edges { cursor } } }`,
      'BAD_USER_INPUT',
    ],
    ['U+0000 in a search', String.raw`{ persons(search: { name: "\u0000" }) { edges { cursor } } }`, 'BAD_USER_INPUT'],
    ['U+0000 in an id', String.raw`{ case(id: "GT:\u0000") { court } }`, 'ID_INVALID'],
    ['an id that is not in NFC', '{ case(id: "GT:e\u0301") { court } }', 'ID_INVALID'],
    ['U+0000 in a cursor', `{ cases(after: "${cursor}") { edges { cursor } } }`, 'BAD_CURSOR'],
    ['thousands of codes', `{ cases(filter: { iccs: [${codes}] }) { edges { cursor } } }`, 'BAD_USER_INPUT'],
    [
      'a text of 5,000 letters',
      `{ persons(search: { name: "${'x'.repeat(5_000)}" }) { edges { cursor } } }`,
      'BAD_USER_INPUT',
    ],
  ])('is rejected with 400 before any leg: %s', async (_, source, code) => {
    const legs: Leg[] = []
    const answer = ask(source, (leg) => {
      legs.push(leg)
      return down
    })
    await expect(answer).rejects.toMatchObject({ code, status: 400 })
    expect(legs).toEqual([])
  })
})

describe('a name that each object has', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('can be an alias: %s', async (alias) => {
    const answer = await ask(
      `{ ${alias}: person(id: "GT:1") { ${alias}: sex } t: __type(name: "Reach") { ${alias}: name } }`,
      (leg) => {
        const [root = '', below = ''] = [...leg.query.matchAll(/(\w+):(?:person|sex)\b/g)].map(([, key]) => key)
        return data({ [root]: person('GT:1', { [below]: 'F' }) })
      },
    )
    expect(JSON.stringify(answer.data)).toBe(`{"${alias}":{"${alias}":"F"},"t":{"${alias}":"Reach"}}`)
  })

  it('stays an alias below introspection, as `id` does', async () => {
    const source = `{ id: __type(name: "Reach") { id: name ...T } } fragment T on __Type { __typename: kind }`
    expect((await ask(source, () => down)).data).toEqual({ id: { id: 'Reach', __typename: 'ENUM' } })
  })

  it('is the alias in the path of an error', async () => {
    const answer = await ask('{ __proto__: person(id: "GT:1") { sex } }', () => down)
    expect(answer.errors?.map(({ path }) => path)).toEqual([['__proto__']])
  })

  it('cannot be a variable, whose value would be lost', async () => {
    const source = 'query ($__proto__: Int = 3) { cases(first: $__proto__) { edges { node { id } } } }'
    await expect(ask(source, () => down)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', status: 400 })
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
