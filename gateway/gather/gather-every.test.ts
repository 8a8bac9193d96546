import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { loadSupergraph } from '../plan/graph/supergraph.ts'
import { compileForTest, SUPERGRAPH_SDL } from '../plan/testing.ts'
import { readPublication } from '../spread/publication.ts'
import { spreadFetch } from '../spread/spread.ts'
import { aDomainView } from '../testing.ts'
import type { LegAnswer } from '../types/flow.ts'
import type { Entity, Page } from '../types/leg.ts'
import type { ObjectMerge } from '../types/merge.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { gatherFetch } from './gather.ts'
import type { GatherInput } from './gather-state.ts'

const schema = loadSupergraph(SUPERGRAPH_SDL).subgraphs.get('cases')?.schema ?? buildSchema('type Query { a: Int }')
const PUBLICATION = readPublication(schema, '', undefined)
const OPEN_VIEW = aDomainView()
const FETCH = compileForTest(
  '{ person(id: "GT:1") { sameAs { cases(first: 3) { edges { node { court } } outcomes { country reach code } } } } }',
).fetches.find(({ mode }) => mode === 'EVERY') as SpreadFetch
const DOWN: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } }
const ORDER = 'FILED_ON_DESC'

describe('a field that each country answers for entities', () => {
  it('is merged into each entity, and into no other', () => {
    const [one, two, other] = [entityOf('GT:1'), entityOf('HN:1'), entityOf('HN:2', 'Case')]
    const { outcomes } = gather([one, two, other], {
      GT: answered(rowOf('GT:1', 'GT:7'), rowOf('HN:1'), rowOf('HN:2')),
      HN: answered(rowOf('GT:1', 'HN:8'), rowOf('HN:1', 'HN:9'), rowOf('HN:2')),
    })
    expect(courtsOf(one)).toEqual(['Juzgado GT:7', 'Juzgado HN:8'])
    expect(courtsOf(two)).toEqual(['Juzgado HN:9'])
    expect(other.objects).toEqual([{}])
    expect(outcomes).toEqual([
      ['GT', 'ANSWERED', null],
      ['HN', 'ANSWERED', null],
    ])
  })

  it('has the outcome of each country in each entity, also of those that were not asked', () => {
    const [one, two] = [entityOf('GT:1'), entityOf('HN:1')]
    gather([one, two], { GT: answered(rowOf('GT:1'), rowOf('HN:1')), HN: DOWN }, { countries: ['AR', 'GT', 'HN'] })
    const expected = [
      { country: 'AR', reach: 'NOT_PUBLISHED', code: null },
      { country: 'GT', reach: 'ANSWERED', code: null },
      { country: 'HN', reach: 'UNAVAILABLE', code: 'CONNECTION' },
    ]
    expect([one, two].map((entity) => casesOf(entity).outcomes)).toEqual([expected, expected])
  })

  it('reads the page that was asked for once, however many entities and countries there are', () => {
    let count = 0
    const pageOf: GatherInput['pageOf'] = () => {
      count += 1
      return PAGE
    }
    const ids = ['GT:1', 'HN:1', 'HN:2']
    const rows = answered(...ids.map((id) => rowOf(id)))
    gather(
      ids.map((id) => entityOf(id)),
      { GT: rows, HN: rows },
      { pageOf },
    )
    expect(count).toBe(1)
  })

  it('is a bad answer of a country that should have a leg but has none', () => {
    const one = entityOf('GT:1')
    const { outcomes } = gather([one], { GT: answered(rowOf('GT:1')) }, { dropLegOf: 'HN' })
    expect(outcomes).toEqual([
      ['GT', 'ANSWERED', null],
      ['HN', 'UNAVAILABLE', 'BAD_ANSWER'],
    ])
  })

  it.each<[string, readonly string[], string | null]>([
    [
      'lacks the earlier pages of a country that was silent, if there are several entities',
      ['GT:1', 'HN:1'],
      'EARLIER_PAGES_MISSING',
    ],
    ['lacks no earlier page if there is one entity', ['GT:1'], null],
  ])('%s', (_, ids, code) => {
    const takesSilent: boolean[] = []
    const pageOf: GatherInput['pageOf'] = (_, takes) => {
      takesSilent.push(takes)
      return { ...PAGE, silent: { HN: 0 } }
    }
    const entities = ids.map((id) => entityOf(id))
    const rows = answered(...ids.map((id) => rowOf(id)))
    const { outcomes } = gather(entities, { GT: rows, HN: rows }, { pageOf })
    expect(outcomes).toEqual([
      ['GT', 'ANSWERED', null],
      ['HN', 'ANSWERED', code],
    ])
    expect(new Set(takesSilent)).toEqual(new Set(ids.length > 1 ? [true] : []))
  })

  it('is a bad answer of a country that has null in place of an entity', () => {
    const one = entityOf('GT:1')
    const { outcomes, rejections } = gather([one], { GT: answered(null), HN: answered(rowOf('GT:1', 'HN:8')) })
    expect(outcomes).toEqual([
      ['GT', 'UNAVAILABLE', 'BAD_ANSWER'],
      ['HN', 'ANSWERED', null],
    ])
    expect(rejections).toEqual([{ country: 'GT', reason: 'expected values that fit at Person.cases; came others' }])
    expect(courtsOf(one)).toEqual(['Juzgado HN:8'])
  })

  it('is null and an error where the countries disagree', () => {
    const merge: ObjectMerge = {
      kind: 'OBJECT',
      typeName: 'Cases',
      typename: [],
      fields: [{ key: 'edges', coordinate: 'Cases.edges', rule: 'EQUAL' }],
      outcomes: [],
    }
    const fields = FETCH.fields.map((field) => ({ ...field, merge }))
    const one = entityOf('GT:1')
    const answers = { GT: answered(rowOf('GT:1', 'GT:7')), HN: answered(rowOf('GT:1', 'HN:8')) }
    const { answerErrors } = gather([one], answers, { fetch: { ...FETCH, fields } })
    expect(casesOf(one)).toEqual({ edges: null })
    const path = ['person', 'sameAs', 0, 'cases', 'edges']
    expect(answerErrors).toEqual([{ code: 'COUNTRIES_DISAGREE', country: null, coordinate: 'Cases.edges', path }])
  })

  it('lacks no earlier page if it is not a connection', () => {
    const fields = FETCH.fields.map((field) => ({ ...field, shape: { ...field.shape, page: null } }))
    const entities = [entityOf('GT:1'), entityOf('HN:1')]
    const rows = answered(rowOf('GT:1'), rowOf('HN:1'))
    const { outcomes } = gather(
      entities,
      { GT: rows, HN: rows },
      { fetch: { ...FETCH, fields }, pageOf: () => ({ ...PAGE, silent: { GT: 0 } }) },
    )
    expect(outcomes.map(([, , code]) => code)).toEqual([null, null])
  })
})

const PAGE: Page = { order: ORDER, first: 3, after: null, base: null, silent: {} }

function entityOf(id: string, typename = 'Person'): Entity & { readonly objects: Record<string, unknown>[] } {
  return { representation: { __typename: typename, id }, objects: [{}], paths: [['person', 'sameAs', 0]], context: {} }
}

/** The row of a person with its cases. A row of `HN:2` is of another type. */
function rowOf(id: string, ...caseIds: readonly string[]): object {
  const edges = caseIds.map((caseId) => ({
    _iC: encodeCursor({ order: ORDER, key: '~', id: caseId }),
    node: { _iT: 'Case', _iId: caseId, court: `Juzgado ${caseId}` },
  }))
  const cases = { edges, _iP: { _in: false, _ib: false } }
  return { _iT: id === 'HN:2' ? 'Case' : 'Person', _iId: id, cases }
}

function answered(...entities: readonly unknown[]): LegAnswer {
  return { kind: 'answered', data: { _entities: entities }, errors: [] }
}

function casesOf(entity: Entity): { readonly edges: { node: { court: string } }[]; readonly outcomes: Outcome[] } {
  return entity.objects[0]?.cases as never
}

function courtsOf(entity: Entity): string[] {
  return casesOf(entity).edges.map(({ node }) => node.court)
}

interface Over {
  readonly fetch?: SpreadFetch
  readonly countries?: readonly string[]
  readonly pageOf?: GatherInput['pageOf']
  readonly dropLegOf?: string
}

/** Gathers an EVERY field of entities from one answer of each country. By default, GT and HN publish the field. */
function gather(entities: readonly Entity[], answers: Readonly<Record<string, LegAnswer>>, over: Over = {}) {
  const { fetch = FETCH, pageOf = () => PAGE, countries = ['GT', 'HN'] } = over
  const spread = spreadFetch(fetch, {
    variables: {},
    publishers: new Map(['GT', 'HN'].map((country) => [country, PUBLICATION])),
    viewOf: () => OPEN_VIEW,
    participants: new Set(['GT', 'HN']),
    mandateCountries: countries,
    entities,
  })
  const legs = spread.legs.filter(({ country }) => country !== over.dropLegOf)
  const { outcomes, answerErrors, rejections } = gatherFetch({
    fetch,
    targets: spread.targets.map((target) => ({ ...target, page: target.page ?? PAGE })),
    unasked: spread.unasked,
    denials: spread.denials,
    entities,
    answers: legs.map((leg) => ({ leg, answer: answers[leg.country] ?? DOWN })),
    tree: {},
    pageOf,
  })
  return {
    answerErrors,
    rejections,
    outcomes: [...outcomes].map(([country, { reach, code }]) => [country, reach, code]).sort(),
  }
}
