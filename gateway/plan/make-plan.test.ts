import { parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { CompiledOperation, PlannedPreparation } from '../types/operation.ts'
import type { Unbound } from '../types/plan.ts'
import { loadSupergraph } from './graph/supergraph.ts'
import { createPlanMaker } from './make-plan.ts'
import type { Conditions } from './normalise/conditions.ts'
import { clonePlain, listForeignParts, SUPERGRAPH_SDL } from './testing.ts'

const graph = loadSupergraph(SUPERGRAPH_SDL)
const maker = createPlanMaker(graph, () => true)

function planFor(
  source: string,
  conditions: Conditions = {},
  removed: readonly string[] = [],
): { readonly preparation: PlannedPreparation; readonly plan: Unbound<CompiledOperation> } {
  const document = parse(source)
  expect(validate(graph.apiSchema, document)).toEqual([])
  const preparation = maker.prepare(document, undefined, conditions)
  return { preparation, plan: maker.plan(preparation.normalised, new Set(removed)) }
}

const CASE_PAGE = 'edges { cursor node { id country provenance { originator } } } pageInfo { hasNextPage endCursor }'

const OPERATIONS: [what: string, source: string, conditions?: Conditions, removed?: string[]][] = [
  ['an OWNER field', '{ person(id: "GT:1") { id names { full } } }'],
  ['an EVERY field that is a connection', `{ cases(first: 2, after: null, countries: ["GT"]) { ${CASE_PAGE} } }`],
  ['an EVERY field that is an object', '{ caseCounts { outcomes { country reach code } } }'],
  [
    'what is below a @crossBorder field',
    '{ person(id: "GT:1") { sameAs { id country cases { edges { node { id } } } } } }',
  ],
  [
    'connections in connections',
    `query ($n: Int = 3) { case(id: "GT:1") { participants(first: $n) { edges { node { role person { id cases { ${CASE_PAGE} } } } } } } }`,
  ],
  [
    'other domains',
    '{ case(id: "GT:1") { offences { statute { id heading } } mlaRequests { edges { node { id } } } } }',
  ],
  ['aliases', '{ id: person(id: "GT:1") { id: birthDate __typename: sex node: id } b: person(id: "HN:1") { sex } }'],
  [
    'fragments and conditions',
    'query ($a: Boolean!) { person(id: "GT:1") { ...P @include(if: $a) sex @skip(if: $a) } } fragment P on Person { names { full } }',
    { a: true },
  ],
  ['introspection', '{ __typename __schema { types { name } } person(id: "GT:1") { id __typename } }'],
  ['removed fields', '{ person(id: "GT:1") { id birthDate names { full } } }', {}, ['Person.birthDate']],
  ['an operation from which everything is removed', '{ person(id: "GT:1") { id } }', {}, ['Query.person']],
]

describe('a plan', () => {
  it.each(OPERATIONS.map(([what, ...request]) => ({ what, request })))(
    'of $what is plain data that equals its clone',
    ({ request }) => {
      const planned = planFor(...request)
      expect(listForeignParts(planned)).toEqual([])
      expect(structuredClone(planned)).toStrictEqual(planned)
    },
  )

  it('can be made from a cloned preparation', () => {
    for (const [, source, conditions, removed] of OPERATIONS) {
      const { preparation, plan } = planFor(source, conditions, removed)
      const { normalised } = structuredClone(preparation)
      expect(maker.plan(normalised, new Set(removed))).toStrictEqual(plan)
    }
  })

  it('keeps the parents of its fields if it is cloned', () => {
    const { uses } = structuredClone(planFor('{ person(id: "GT:1") { names { full } } }').preparation)
    expect(uses.map(({ fieldName, parent }) => [fieldName, parent === null ? -1 : uses.indexOf(parent)])).toEqual([
      ['person', -1],
      ['names', 0],
      ['full', 1],
    ])
  })
})

describe('what is not plain data', () => {
  const plan = planFor('{ person(id: "GT:1") { id } }').plan
  class Money {}
  it.each([
    ['a function', () => true, 'function'],
    ['a symbol', Symbol('x'), 'symbol'],
    ['an instance of a class', new Money(), 'Money'],
    ['a date', new Date(0), 'Date'],
    ['a definition', graph.apiSchema.getQueryType()?.getFields().person?.type, 'GraphQLObjectType'],
    ['a syntax node with its location', parse('{ a }').definitions[0], 'a location'],
    ['a function in a set in a map', new Map([['a', new Set([() => 1])]]), 'function'],
  ])('is found in a plan: %s', (_, planted, what) => {
    const spoiled = { ...plan, fetches: [...plan.fetches, { planted }] }
    expect(listForeignParts(spoiled)).toContainEqual(expect.stringContaining(what))
    expect(() => clonePlain(spoiled)).toThrow(/expected plain data; came \.fetches\.1\.planted/)
  })
})
