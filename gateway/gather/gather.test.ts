import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { loadSupergraph } from '../plan/graph/supergraph.ts'
import { compileForTest, SUPERGRAPH_SDL } from '../plan/testing.ts'
import { readPublication } from '../spread/publication.ts'
import { spreadFetch } from '../spread/spread.ts'
import { aDomainView } from '../testing.ts'
import type { LegAnswer } from '../types/flow.ts'
import type { Page } from '../types/leg.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { gatherFetch } from './gather.ts'
import type { GatherInput } from './gather-state.ts'

const schema = loadSupergraph(SUPERGRAPH_SDL).subgraphs.get('cases')?.schema ?? buildSchema('type Query { a: Int }')
const PUBLICATION = readPublication(schema, '', undefined)
const OPEN_VIEW = aDomainView()
const DOWN: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } }
const ONE = '{ case(id: "HN:1") { court } }'

describe('the owner of a record', () => {
  it('answers its fields', () => {
    const { tree, outcomes, answerErrors } = gather(ONE, { HN: data({ case: row('HN:1', 'Juzgado') }) })
    expect(tree.case).toMatchObject({ court: 'Juzgado' })
    expect(outcomes).toEqual([['HN', 'ANSWERED', null]])
    expect(answerErrors).toEqual([])
  })

  it('says that there is no such record by null, without an error', () => {
    const { tree, outcomes, answerErrors } = gather(ONE, { HN: data({ case: null }) })
    expect([tree.case, outcomes, answerErrors]).toEqual([null, [['HN', 'ANSWERED', null]], []])
  })

  it('answers each of several records with its own id', () => {
    const source = '{ a: case(id: "HN:1") { court } b: case(id: "HN:2") { court } }'
    const { outcomes } = gather(source, { HN: data({ a: row('HN:1', 'x'), b: row('HN:2', 'y') }) })
    expect(outcomes).toEqual([['HN', 'ANSWERED', null]])
  })

  it('may have any record if the field names only a country', () => {
    const { outcomes } = gather('{ case(id: "HN") { court } }', { HN: data({ case: row('HN:1', 'x') }) })
    expect(outcomes).toEqual([['HN', 'ANSWERED', null]])
  })

  it('leaves null and an error with its name if it does not publish the field', () => {
    const { tree, outcomes, answerErrors } = gather('{ case(id: "MX:1") { court } }', {})
    expect([tree.case, outcomes]).toEqual([null, [['MX', 'NOT_PUBLISHED', null]]])
    expect(answerErrors).toEqual([{ code: 'NOT_PUBLISHED', country: 'MX', coordinate: 'Query.case', path: ['case'] }])
  })

  it('leaves null and an error with its name if it fails', () => {
    const { tree, outcomes, answerErrors } = gather(ONE, { HN: DOWN })
    expect(tree.case).toBeNull()
    expect(outcomes).toEqual([['HN', 'UNAVAILABLE', 'CONNECTION']])
    expect(answerErrors).toMatchObject([{ country: 'HN', path: ['case'] }])
  })

  it.each([
    ['has another record than the requested one', data({ case: row('HN:2', 'Juzgado') })],
    ['has a record of another country', data({ case: row('GT:1', 'Juzgado') })],
    ['has no data', data(null)],
    ['has a text as data', data('Juzgado')],
    ['has a value of another type', data({ case: 'HN:1' })],
  ])('has its answer rejected if it %s', (_, answer) => {
    const { tree, outcomes, rejections } = gather(ONE, { HN: answer })
    expect(tree.case).toBeNull()
    expect(outcomes).toMatchObject([['HN', 'UNAVAILABLE', expect.any(String)]])
    expect(rejections.map(({ country }) => country)).toEqual(['HN'])
    expect(JSON.stringify(rejections)).not.toContain('Juzgado')
  })
})

describe('a connection of a record', () => {
  const LIST = '{ case(id: "HN:1") { participants(first: 2) { edges { cursor } } } }'
  const answerWith = (...ids: readonly string[]): LegAnswer => {
    const edges = ids.map((id) => {
      const cursor = encodeCursor({ order: 'ROW_ASC', key: '', id })
      return { _iC: cursor, cursor }
    })
    const participants = { edges, pageInfo: {}, _iP: { _in: false, _ib: false } }
    return data({ case: { ...row('HN:1', 'Juzgado'), participants } })
  }
  const pageWith = (place: Partial<Page>) => {
    const taken: boolean[] = []
    const pageOf: GatherInput['pageOf'] = (_, takesSilent) => {
      taken.push(takesSilent)
      return { order: 'ROW_ASC', first: 2, after: null, base: null, silent: {}, ...place }
    }
    return { pageOf, taken }
  }

  it('has the page that its own arguments ask for, without silent countries', () => {
    const { pageOf, taken } = pageWith({})
    const { outcomes } = gather(LIST, { HN: answerWith('1', '2') }, pageOf)
    expect([outcomes, new Set(taken)]).toEqual([[['HN', 'ANSWERED', null]], new Set([false])])
  })

  it.each<[string, Partial<Page>, readonly string[]]>([
    ['it has more rows than requested', {}, ['1', '2', '3']],
    ['a row is not beyond the requested place', { base: { key: '', id: '2' } }, ['1']],
    ['a row is not beyond the place of the country', { silent: { HN: { key: '', id: '2' } } }, ['2']],
  ])('is rejected if %s', (_, place, rows) => {
    const { outcomes } = gather(LIST, { HN: answerWith(...rows) }, pageWith(place).pageOf)
    expect(outcomes).toEqual([['HN', 'UNAVAILABLE', 'BAD_ANSWER']])
  })
})

describe('a list that each country answers', () => {
  const ALL = '{ cases(countries: ["GT", "HN"]) { edges { node { court } } } }'
  const page = (edges: object[], hasNextPage = false) =>
    data({ cases: { edges, _iP: { _in: hasNextPage, _ib: false } } })

  it('keeps the other countries if one fails, and says which', () => {
    const { outcomes, answerErrors } = gather(ALL, { GT: page([]), HN: DOWN })
    expect(outcomes).toEqual([
      ['GT', 'ANSWERED', null],
      ['HN', 'UNAVAILABLE', 'CONNECTION'],
    ])
    expect(answerErrors).toEqual([{ code: 'UNAVAILABLE', country: 'HN', coordinate: 'Query.cases', path: ['cases'] }])
  })

  it('has no error for a country that fails if the operation asks for `outcomes`', () => {
    const asked = ALL.replace('{ edges', '{ who: outcomes { country } edges')
    expect(gather(asked, { GT: page([]), HN: DOWN }).answerErrors).toEqual([])
  })

  const edge = (id: string, node: object | null) => ({
    _iC: encodeCursor({ order: 'FILED_ON_DESC', key: '~', id }),
    node,
  })

  it('drops a row without a required value, and says so', () => {
    const { outcomes, answerErrors, rejections, tree } = gather(ALL, {
      GT: page([edge('GT:1', row('GT:1', 'Juzgado')), edge('GT:2', null)]),
      HN: page([]),
    })
    expect(outcomes).toEqual([
      ['GT', 'ANSWERED', 'ROWS_DROPPED'],
      ['HN', 'ANSWERED', null],
    ])
    expect(answerErrors).toEqual([
      { code: 'ROWS_DROPPED', country: 'GT', coordinate: 'CaseEdge.node', path: ['cases', 'edges'], count: 1 },
    ])
    expect(rejections).toEqual([{ country: 'GT', reason: 'expected values that fit at CaseEdge.node; came others' }])
    expect(tree.cases).toMatchObject({ edges: [{ node: { court: 'Juzgado' } }] })
  })

  it.each([
    [['ROWS_DROPPED'], 'ROWS_DROPPED'],
    [['QUOTA_REACHED', 'COVERAGE_PARTIAL'], 'QUOTA_REACHED'],
    [[], null],
  ] as const)('has in its outcome what the country notes about its answer: %j', (codes, expected) => {
    const notes = codes.map((code) => ({ code }))
    const noted = { ...page([edge('GT:1', row('GT:1', 'x'))]), notes } as LegAnswer
    const { outcomes, tree, answerErrors } = gather(ALL, { GT: noted, HN: page([]) })
    expect(outcomes).toEqual([
      ['GT', 'ANSWERED', expected],
      ['HN', 'ANSWERED', null],
    ])
    expect(tree.cases).toMatchObject({ edges: [{ node: { court: 'x' } }] })
    // The operation does not select `outcomes`, so an error says it.
    expect(answerErrors.map(({ code }) => code)).toEqual(expected === null ? [] : [expected])
  })

  it('is DENIED with QUOTA_SPENT in a country that has no row left for the caller, and the next page asks it from its former place', () => {
    const errors = [{ path: ['cases'], extensions: { code: 'QUOTA_SPENT' } }]
    const spent = { ...data({ cases: null }), errors } as LegAnswer
    const { outcomes, tree } = gather(ALL, { GT: spent, HN: page([edge('HN:1', row('HN:1', 'x'))]) })
    expect(outcomes).toEqual([
      ['GT', 'DENIED', 'QUOTA_SPENT'],
      ['HN', 'ANSWERED', null],
    ])
    expect(tree.cases).toMatchObject({ edges: [{ node: { court: 'x' } }] })
  })

  it('takes a page that was cut for the quota of rows, and does not hold up other countries', () => {
    const cut = page([edge('GT:1', row('GT:1', 'x'))], true)
    const whole = page([edge('HN:2', row('HN:2', 'y')), edge('HN:3', row('HN:3', 'z'))])
    const noted = { ...cut, notes: [{ code: 'QUOTA_REACHED' }] } as LegAnswer
    expect(gather(ALL, { GT: cut, HN: whole }).outcomes[0]).toEqual(['GT', 'UNAVAILABLE', 'BAD_ANSWER'])
    const { outcomes, tree } = gather(ALL, { GT: noted, HN: whole })
    expect(outcomes[0]).toEqual(['GT', 'ANSWERED', 'QUOTA_REACHED'])
    expect((tree.cases as { edges: unknown[] }).edges).toHaveLength(3)
  })

  it('is not answered by a country that notes something beside a part that failed', () => {
    const noted = { ...data({ cases: null }), notes: [{ code: 'QUOTA_REACHED' }] } as LegAnswer
    expect(gather(ALL, { GT: noted, HN: page([]) }).outcomes[0]).toEqual(['GT', 'UNAVAILABLE', 'BAD_ANSWER'])
  })

  it('is UNAVAILABLE with CONNECTION in a country that says that it cannot reach its records', () => {
    const errors = [{ path: ['cases'], extensions: { code: 'RECORDS_UNAVAILABLE' } }]
    const { outcomes } = gather(ALL, { GT: { ...data({ cases: null }), errors } as LegAnswer, HN: page([]) })
    expect(outcomes[0]).toEqual(['GT', 'UNAVAILABLE', 'CONNECTION'])
  })

  it('names at most ten coordinates at which values do not fit', () => {
    const names = 'caseTrackingId category status filedOn closedOn subdivision court prosecutor narrative'.split(' ')
    const source = `{ case(id: "HN:1") { ${names.join(' ')} offences { iccs } linkedCases { id } } }`
    const values = Object.fromEntries([...names, 'offences', 'linkedCases'].map((name) => [name, { a: 1 }]))
    const { rejections } = gather(source, { HN: data({ case: { ...row('HN:1', ''), ...values } }) })
    const listed = [...names, 'offences'].map((name) => `Case.${name}`).join(', ')
    expect(rejections).toEqual([{ country: 'HN', reason: `expected values that fit at ${listed}; came others` }])
  })

  it('is a bad answer of a country that has null in place of its part', () => {
    const { outcomes, rejections } = gather(ALL, { GT: data({ cases: null }), HN: page([]) })
    expect(outcomes[0]).toEqual(['GT', 'UNAVAILABLE', 'BAD_ANSWER'])
    expect(rejections).toEqual([{ country: 'GT', reason: 'expected values that fit at Query.cases; came others' }])
  })

  it('throws the gateway’s own fault, because no country may be blamed for it', () => {
    const faulty = {
      get cases() {
        throw new TypeError('our own fault')
      },
    }
    expect(() => gather(ALL, { GT: data(faulty), HN: page([]) })).toThrow('our own fault')
  })

  it('has no error about the values of an answer that is rejected as a whole', () => {
    const bad = edge('HN:1', { ...row('HN:1', ''), court: { not: 'a text' } })
    const kept = gather(ALL, { GT: page([]), HN: page([bad]) })
    expect(kept.answerErrors).toMatchObject([{ country: 'HN', coordinate: 'Case.court' }])
    const source =
      '{ a: cases(countries: ["HN"]) { edges { node { court } } } b: cases(countries: ["HN"]) { edges { node { court } } } }'
    const parts = {
      a: { edges: [bad], _iP: { _in: false, _ib: false } },
      b: { edges: [edge('GT:1', row('GT:1', ''))], _iP: { _in: false, _ib: false } },
    }
    const { outcomes, answerErrors, rejections } = gather(source, { HN: data(parts) })
    expect(outcomes).toEqual([['HN', 'UNAVAILABLE', 'FOREIGN_RECORD']])
    expect(answerErrors.map(({ code, path }) => [code, path])).toEqual([
      ['UNAVAILABLE', ['a']],
      ['UNAVAILABLE', ['b']],
    ])
    expect(rejections).toEqual([{ country: 'HN', reason: 'CaseEdge.node has a record of another country' }])
  })

  it('may be empty if the client asks for no rows, even if there is a next page', () => {
    const source = '{ cases(countries: ["GT"], first: 0) { edges { node { court } } } }'
    expect(gather(source, { GT: page([], true) }).outcomes).toEqual([['GT', 'ANSWERED', null]])
  })

  it('has a page of its own, even beside a list of which the client asks for no rows', () => {
    const empty = { edges: [], _iP: { _in: true, _ib: false } }
    const lists = ['a: cases(countries: ["GT"], first: 0)', 'b: cases(countries: ["GT"], first: 2)']
    const source = `{ ${lists.map((list) => `${list} { edges { node { court } } }`).join(' ')} }`
    const { outcomes } = gather(source, { GT: data({ a: empty, b: empty }) })
    expect(outcomes).toEqual([['GT', 'UNAVAILABLE', 'BAD_ANSWER']])
  })

  it('rejects the answer of a country that has a next page but no edges', () => {
    const { outcomes, rejections } = gather(ALL, { GT: page([], true), HN: page([]) })
    expect(rejections).toEqual([{ country: 'GT', reason: 'Query.cases has no edges though it has a next page' }])
    expect(outcomes).toEqual([
      ['GT', 'UNAVAILABLE', 'BAD_ANSWER'],
      ['HN', 'ANSWERED', null],
    ])
  })
})

function data(value: unknown): LegAnswer {
  return { kind: 'answered', data: value, errors: [] } as LegAnswer
}

function row(id: string, court: string): object {
  return { _iT: 'Case', _iId: id, __typename: 'Case', id, court }
}

/** Gathers the first fetch of an operation from one answer of each country. */
function gather(
  source: string,
  answers: Readonly<Record<string, LegAnswer>>,
  pageOf: GatherInput['pageOf'] = () => {
    throw new Error('expected no connection below a top field')
  },
) {
  const fetch = compileForTest(source).fetches[0] as SpreadFetch
  const spread = spreadFetch(fetch, {
    variables: {},
    publishers: new Map(['GT', 'HN'].map((country) => [country, PUBLICATION])),
    viewOf: () => OPEN_VIEW,
    participants: new Set(['GT', 'HN']),
    mandateCountries: null,
    entities: null,
  })
  const tree: Record<string, unknown> = {}
  const { outcomes, answerErrors, rejections } = gatherFetch({
    fetch,
    targets: spread.targets,
    unasked: spread.unasked,
    denials: spread.denials,
    entities: null,
    answers: spread.legs.map((leg) => ({ leg, answer: answers[leg.country] ?? DOWN })),
    tree,
    pageOf,
  })
  return {
    tree,
    answerErrors,
    rejections,
    outcomes: [...outcomes].map(([country, { reach, code }]) => [country, reach, code]),
  }
}
