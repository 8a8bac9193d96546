import { describe, expect, it } from 'vitest'
import { CompositionError, composeSubgraphs } from './compose.ts'
import { domainOf } from './rules/testing.ts'

const THING = 'type Thing @key(fields: "id") { id: ID! }'
const GOOD = domainOf(`type Query { thing(id: ID!): Thing @answeredBy(who: OWNER, argument: "id") } ${THING}`)

function source(name: string, sdl: string) {
  return { name, url: `https://${name}.example/graphql`, sdl }
}

function compositionError(...sources: readonly ReturnType<typeof source>[]): CompositionError {
  try {
    composeSubgraphs(sources)
  } catch (error) {
    if (error instanceof CompositionError) return error
    throw error
  }
  throw new Error('expected a CompositionError; came a composition')
}

describe('composing subgraphs', () => {
  it('keeps the istmo directives in the supergraph', () => {
    const { supergraphSdl } = composeSubgraphs([source('things', GOOD)])
    expect(supergraphSdl).toContain('@answeredBy(who: OWNER, argument: "id")')
    expect(supergraphSdl).toContain('https://istmo.example/istmo/v1.0')
  })

  it('composes a subgraph without a link to the spec unchanged', () => {
    const { supergraphSdl } = composeSubgraphs([source('plain', 'type Query { n: Int }'), source('things', GOOD)])
    expect(supergraphSdl).toContain('PLAIN @join__graph(name: "plain", url: "https://plain.example/graphql")')
  })

  it('reports everything that the rules and Federation reject in one error', () => {
    const bad = domainOf(`type Query { thing(id: ID!): Thing a: Int @crossBorder } ${THING} type Odd { n: Int }`)
    const other = domainOf('type Odd { n: Int } type Query { b: Int }')
    const { violations, federationErrors, message } = compositionError(source('bad', bad), source('other', other))
    expect(violations.map(({ code, coordinate }) => `${code} ${coordinate}`)).toEqual([
      'ROOT_FIELD_WITHOUT_ANSWERED_BY Query.thing',
      'ROOT_FIELD_WITHOUT_ANSWERED_BY Query.a',
      'ROOT_FIELD_WITHOUT_ANSWERED_BY Query.b',
      'CROSS_BORDER_WITHOUT_RECORD Query.a',
    ])
    expect(federationErrors.map(({ extensions }) => extensions.code)).toEqual(['INVALID_FIELD_SHARING'])
    expect(message.split('\n')).toHaveLength(1 + violations.length + federationErrors.length)
  })

  it('reports SDL that is not a Federation subgraph', () => {
    const { violations, federationErrors } = compositionError(source('odd', 'type Query { n: Nothing }'))
    expect(violations).toEqual([])
    expect(federationErrors.map(String).join()).toContain('Nothing')
  })
})
