import { composeServices } from '@apollo/composition'
import { parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { PlainFetch } from '../../types/plan.ts'
import { createTestCompiler } from '../testing.ts'

const fed2 = (sdl: string) =>
  parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"]) ${sdl}`)

/** One subgraph knows all colours, the other only red. */
const composed = composeServices([
  {
    name: 'whole',
    typeDefs: fed2(`type Query { box: Box } type Box @key(fields: "id") { id: ID! all: [Colour] @shareable }
      union Colour = Red | Green type Red { r: Int @shareable } type Green { g: Int }`),
  },
  {
    name: 'part',
    typeDefs: fed2(`type Query { crate: Box } type Box @key(fields: "id") { id: ID! all: [Colour] @shareable }
      union Colour = Red type Red { r: Int @shareable }`),
  },
])

describe('a union that one subgraph knows in part', () => {
  it('is asked of a subgraph that knows it wholly with all members', () => {
    expect(queriesOf('{ box { all { ... on Red { r } ... on Green { g } } } }')).toEqual([
      ['whole', expect.stringMatching(/on Red \{ r \}.*on Green \{ g \}/)],
    ])
  })

  it('is asked of the other subgraph without the members that it does not know', () => {
    const [[name, query] = []] = queriesOf('{ crate { all { ... on Red { r } ... on Green { g } } } }')
    expect(name).toBe('part')
    expect(query).not.toContain('Green')
  })

  it('gets nothing that the client did not ask for', () => {
    expect(queriesOf('{ box { all { ... on Red { r } } } }').join()).not.toContain('Green')
  })
})

/** Subgraph and text of each fetch. */
function queriesOf(source: string): [string, string][] {
  const { supergraphSdl, errors } = composed
  if (supergraphSdl === undefined) throw new Error(`expected subgraphs that compose; came ${errors?.join()}`)
  const fetches = createTestCompiler(supergraphSdl, () => false)(source).fetches as readonly PlainFetch[]
  return fetches.map(({ domain, selections }) => [domain, selections.map(print).join(' ').replace(/\s+/g, ' ')])
}
