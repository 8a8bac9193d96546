import { buildSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { type FieldTerms, readRequirement } from '../../../composition/field-terms.ts'
import type { FetchNode } from '../split/list-fetch-nodes.ts'
import { findUnmetRequirement, type PlannedFetch } from './required-field-fetched-late.ts'

/** A subgraph whose `price` requires the weight, and whose `fee` requires the tax of one zone. */
const COSTS = {
  schema: buildSchema(`type Query { _entities: [Good] goods: [Good] }
    type Good { price: Int fee: Int weight: Int box: Box } type Box { good: Good }`),
  requirements: new Map<string, FieldTerms>([
    ['Good.price', { requires: readRequirement('weight'), isExternal: false, provides: [] }],
    ['Good.fee', { requires: readRequirement('tax(zone: 1)'), isExternal: false, provides: [] }],
    ['Good.weight', { requires: null, isExternal: true, provides: [] }],
  ]),
}
const GOODS = {
  schema: buildSchema('type Query { goods: [Good] } type Good { weight: Int tax(zone: Int): Int }'),
  requirements: new Map<string, FieldTerms>(),
}

describe('a plan', () => {
  it('is taken if the fetch of a field was given what the field requires', () => {
    expect(findUnmetRequirement([fetchOf(COSTS, '{ _entities { price } }', ['weight'])])).toBeNull()
  })

  it('is found out if the fetch of a field was not given what the field requires', () => {
    expect(findUnmetRequirement([fetchOf(COSTS, '{ _entities { price } }', ['id'])])).toBe('Good.price')
  })

  it('is found out if it asks for such a field where no entity is given', () => {
    expect(findUnmetRequirement([fetchOf(COSTS, '{ goods { price } }', [], [])])).toBe('Good.price')
  })

  it('is found out if it asks a subgraph for a field that is external there', () => {
    expect(findUnmetRequirement([fetchOf(COSTS, '{ _entities { weight } }', ['id'])])).toBe('Good.weight')
  })

  it.each([
    ['is taken if the requirement was asked with the arguments that it names', '{ goods { tax(zone: 1) } }', null],
    ['is found out if it was asked with others', '{ goods { tax(zone: 2) } }', 'Good.fee'],
  ])('%s', (_, source, expected) => {
    const fetches = [fetchOf(GOODS, source, [], []), fetchOf(COSTS, '{ _entities { fee } }', ['tax'])]
    expect(findUnmetRequirement(fetches)).toBe(expected)
  })
})

/** A fetch of `source` at the path `goods.@`, given these fields of each entity. */
function fetchOf(
  subgraph: Pick<PlannedFetch, 'schema' | 'requirements'>,
  source: string,
  given: readonly string[],
  path: readonly string[] = ['goods', '@'],
): PlannedFetch {
  const requires = given.map((name) => ({ kind: 'Field', name }))
  const node = { kind: 'Fetch', operationDocumentNode: parse(source), requires } as unknown as FetchNode
  return { ...subgraph, node, path }
}
