import { describe, expect, it } from 'vitest'
import { anEndpoint } from '../testing.ts'
import type { Entity } from '../types/leg.ts'
import type { PlainFetch, Rewrite } from '../types/plan.ts'
import { plainGroups, plainLeg } from './plain.ts'

const FETCH: PlainFetch = {
  domain: 'shops',
  path: [],
  mode: 'PLAIN',
  kind: 'query',
  query: '{ shop { id } }',
  variableNames: ['first', 'after'],
  requires: null,
  inputRewrites: [],
  outputRewrites: [],
  contextRewrites: [],
  interfaceObjects: new Set(),
  selections: [],
} as unknown as PlainFetch
const ENDPOINT = anEndpoint()

const entity = (id: string, context: Entity['context'] = {}, typename = 'Shop'): Entity => ({
  representation: { __typename: typename, id },
  objects: [{}],
  paths: [[]],
  context,
})

describe('the groups of a plain fetch', () => {
  it('have the entities that take equal values from the objects above them', () => {
    const [a, b, c] = [
      entity('a', { currency: 'HNL' }),
      entity('b', { currency: 'GTQ' }),
      entity('c', { currency: 'HNL' }),
    ]
    expect(plainGroups([a, b, c])).toEqual([[a, c], [b]])
  })
})

describe('a leg to a plain subgraph', () => {
  it('has the variables that its query uses and the request has', () => {
    expect(plainLeg(FETCH, null, { first: null, other: 1 }, ENDPOINT)).toEqual({
      domain: 'shops',
      country: null,
      endpoint: ENDPOINT,
      query: FETCH.query,
      variables: { first: null },
      kind: 'query',
      rights: null,
    })
    expect(Object.keys(plainLeg(FETCH, null, { first: 1 }, ENDPOINT).variables)).toEqual(['first'])
  })

  it('has the representations and the context of its entities', () => {
    const entities = [entity('a', { currency: 'HNL' }), entity('b', { currency: 'HNL' })]
    expect(plainLeg(FETCH, entities, { first: 1 }, ENDPOINT).variables).toEqual({
      first: 1,
      currency: 'HNL',
      representations: [
        { __typename: 'Shop', id: 'a' },
        { __typename: 'Shop', id: 'b' },
      ],
    })
  })

  it.each<[string, readonly Rewrite[], object]>([
    ['sets a value', [setter([new Set(['Shop']), '__typename'], 'Place')], { __typename: 'Place', id: 'a' }],
    [
      'sets two values, one after the other',
      [setter([new Set(['Shop']), 'id'], 'b'), setter([new Set(['Shop']), 'size'], 1)],
      { __typename: 'Shop', id: 'b', size: 1 },
    ],
    ['sets no value of another type', [setter([new Set(['Kiosk']), 'id'], 'b')], { __typename: 'Shop', id: 'a' }],
    [
      'renames no key',
      [{ kind: 'KeyRenamer', path: [new Set(['Shop']), 'id'], renameKeyTo: 'b' }],
      { __typename: 'Shop', id: 'a' },
    ],
    ['sets no value without a type', [setter(['Shop', 'id'], 'b')], { __typename: 'Shop', id: 'a' }],
    [
      'sets no value below a type',
      [setter([new Set(['Shop']), new Set(['Shop'])], 'b')],
      { __typename: 'Shop', id: 'a' },
    ],
  ])('%s of a representation by an input rewrite', (_, inputRewrites, representation) => {
    const { variables } = plainLeg({ ...FETCH, inputRewrites }, [entity('a')], {}, ENDPOINT)
    expect(variables.representations).toEqual([representation])
  })
})

function setter(path: Rewrite['path'], value: unknown): Rewrite {
  return { kind: 'ValueSetter', path, value }
}
