import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { loadSupergraph } from '../plan/graph/supergraph.ts'
import { compileForTest, SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aDomainView } from '../testing.ts'
import type { Entity } from '../types/leg.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { readPublication } from './publication.ts'
import { continueLeg, MAX_LEG_ENTITIES, type Spread, spreadFetch } from './spread.ts'

const schema = loadSupergraph(SUPERGRAPH_SDL).subgraphs.get('cases')?.schema ?? buildSchema('type Query { x: Int }')
const OPEN_VIEW = aDomainView()
const EVERY = compileForTest(`query ($size: Int) { person(id: "GT:1") { sameAs {
  open: cases(first: $size) { edges { node { court } } } all: cases { edges { node { id } } } } } }`).fetches.find(
  ({ mode }) => mode === 'EVERY',
) as SpreadFetch
const OWNER = compileForTest('{ case(id: "GT:1") { linkedCases { court } } }').fetches[1] as SpreadFetch

function entity(typeName: string, id: string): Entity {
  return { representation: { __typename: typeName, id }, objects: [{}], paths: [[]], context: {} }
}

function spread(fetch: SpreadFetch, entities: readonly Entity[] | null): Spread {
  return spreadFetch(fetch, {
    variables: { size: 7 },
    publishers: new Map(['GT', 'HN'].map((country) => [country, readPublication(schema, '', undefined)])),
    participants: new Set(['GT', 'HN']),
    viewOf: () => OPEN_VIEW,
    mandateCountries: null,
    entities,
  })
}

const idsIn = (leg: Spread['legs'][number]): unknown[] =>
  (leg.variables.representations as { id: string }[]).map(({ id }) => id)

describe('many entities', () => {
  it.each([
    [1, [1]],
    [MAX_LEG_ENTITIES, [MAX_LEG_ENTITIES]],
    [MAX_LEG_ENTITIES + 1, [MAX_LEG_ENTITIES, 1]],
    [2 * MAX_LEG_ENTITIES + 50, [MAX_LEG_ENTITIES, MAX_LEG_ENTITIES, 50]],
  ])('of one owner, %i of them, are asked about in legs of %j', (count, sizes) => {
    const ids = Array.from({ length: count }, (_, i) => `HN:${i}`)
    const { legs } = spread(
      OWNER,
      ids.map((id) => entity('Case', id)),
    )
    expect(legs.map((leg) => idsIn(leg).length)).toEqual(sizes)
    expect(legs.flatMap(idsIn)).toEqual(ids)
    expect(legs.flatMap((leg) => leg.entities)).toEqual(ids.map((_, i) => i))
  })

  it('that each country answers are asked about in equal legs to each', () => {
    const entities = Array.from({ length: MAX_LEG_ENTITIES + 1 }, (_, i) => entity('Person', `HN:${i}`))
    const { legs } = spread(EVERY, entities)
    expect(legs.map((leg) => [leg.country, leg.entities?.length])).toEqual([
      ['GT', MAX_LEG_ENTITIES],
      ['GT', 1],
      ['HN', MAX_LEG_ENTITIES],
      ['HN', 1],
    ])
  })
})

describe('the leg that asks on', () => {
  it('has its entity also if another leg of the country asked about the first ones', () => {
    const entities = Array.from({ length: MAX_LEG_ENTITIES + 2 }, (_, i) => entity('Person', `HN:${i}`))
    const { legs, targets } = spread(EVERY, entities)
    const [, leg] = legs
    const [target] = targets
    if (!leg || !target) throw new Error('expected two legs and a field')
    const last = MAX_LEG_ENTITIES + 1
    const page = { order: 'FILED_ON_DESC', after: { key: '9', id: 'GT:7' } }
    const next = continueLeg(EVERY, leg, target.field, last, page)
    expect([next.entities, idsIn(next)]).toEqual([[last], [`HN:${last}`]])
  })

  it('has one connection of one entity, from the place where its page ended', () => {
    const { legs, targets } = spread(
      EVERY,
      ['HN:1', 'HN:2', 'HN:3'].map((id) => entity('Person', id)),
    )
    const [leg] = legs
    const field = targets.find(({ field }) => field.shape.key === 'open')?.field
    if (!leg || !field) throw new Error('expected a leg and a field')
    const page = { order: 'FILED_ON_DESC', after: { key: '9', id: 'GT:7' } }
    const next = continueLeg(EVERY, leg, field, 1, page)
    expect(next).toMatchObject({ country: 'GT', entities: [1], scopes: leg.scopes, policies: leg.policies })
    expect(next.fields.map((each) => each.field)).toEqual([field])
    expect(next.query).toContain('open:cases')
    expect(next.query).not.toContain('all:cases')
    expect(next.variables).toEqual({
      representations: [{ __typename: 'Person', id: 'HN:2' }],
      [`_iAfter${field.bit}`]: encodeCursor({ order: 'FILED_ON_DESC', key: '9', id: 'GT:7' }),
      _iCountries: ['GT'],
      size: 7,
    })
  })
})
