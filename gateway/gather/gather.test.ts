import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { ANONYMOUS, OPEN } from '../../contract/access/rule.ts'
import { loadSupergraph } from '../plan/graph/supergraph.ts'
import { compileForTest, SUPERGRAPH_SDL } from '../plan/testing.ts'
import { readPublication } from '../spread/publication.ts'
import { spreadFetch } from '../spread/spread.ts'
import type { DomainView, LegAnswer } from '../types/flow.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { gatherFetch } from './gather.ts'

const schema = loadSupergraph(SUPERGRAPH_SDL).subgraphs.get('cases')?.schema ?? buildSchema('type Query { a: Int }')
const PUBLICATION = readPublication(schema, '', undefined)
const OPEN_VIEW: DomainView = {
  notRecognised: null,
  rights: ANONYMOUS,
  ruleOf: () => OPEN,
  denialOf: () => null,
  revealedBy: () => [],
  isCacheable: () => true,
}
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
    ['has a value of another type', data({ case: 'HN:1' })],
  ])('has its answer rejected if it %s', (_, answer) => {
    const { tree, outcomes, rejections } = gather(ONE, { HN: answer })
    expect(tree.case).toBeNull()
    expect(outcomes).toMatchObject([['HN', 'UNAVAILABLE', expect.any(String)]])
    expect(rejections.map(({ country }) => country)).toEqual(['HN'])
    expect(JSON.stringify(rejections)).not.toContain('Juzgado')
  })
})

describe('a list that each country answers', () => {
  const ALL = '{ cases(countries: ["GT", "HN"]) { edges { node { court } } } }'
  const page = (edges: object[], hasNextPage = false) =>
    data({ cases: { edges, _iP: { _in: hasNextPage, _ib: false } } })

  it('keeps the other countries if one fails, and says which', () => {
    const { outcomes } = gather(ALL, { GT: page([]), HN: DOWN })
    expect(outcomes).toEqual([
      ['GT', 'ANSWERED', null],
      ['HN', 'UNAVAILABLE', 'CONNECTION'],
    ])
  })

  it('rejects the answer of a country that has a next page but no edges', () => {
    const { outcomes } = gather(ALL, { GT: page([], true), HN: page([]) })
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
function gather(source: string, answers: Readonly<Record<string, LegAnswer>>) {
  const fetch = compileForTest(source).fetches[0] as SpreadFetch
  const spread = spreadFetch(fetch, {
    variables: {},
    publishers: new Map(['GT', 'HN'].map((country) => [country, PUBLICATION])),
    viewOf: () => OPEN_VIEW,
    mandateCountries: null,
    entities: null,
  })
  const tree: Record<string, unknown> = {}
  const { outcomes, answerErrors, rejections } = gatherFetch({
    fetch,
    targets: spread.targets,
    unasked: spread.unasked,
    entities: null,
    answers: spread.legs.map((leg) => ({ leg, answer: answers[leg.country] ?? DOWN })),
    tree,
    pageOf: () => {
      throw new Error('expected no connection below a top field')
    },
  })
  return {
    tree,
    answerErrors,
    rejections,
    outcomes: [...outcomes].map(([country, { reach, code }]) => [country, reach, code]),
  }
}
