import { readFileSync } from 'node:fs'
import { composeServices } from '@apollo/composition'
import { Supergraph } from '@apollo/federation-internals'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { findKnownPatterns } from './known-patterns.ts'
import { SUPPORTED_FEATURES } from './supported-features.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@requires", "@external", "@shareable", "@interfaceObject"])`

const GOODS =
  'type Query { goods: [Good] } type Good @key(fields: "id") { id: ID! weight: Int price(in: String!): Int }'

const STORIES = [
  {
    title: '@requires on a field with arguments',
    subgraphs: [
      GOODS,
      'type Good @key(fields: "id") { id: ID! weight: Int @external fee(zone: Int): Int @requires(fields: "weight") }',
    ],
    found: ['s1 Good.fee REQUIRES_WITH_ARGUMENTS'],
  },
  {
    title: 'nothing for @requires on a field without arguments',
    subgraphs: [
      GOODS,
      'type Good @key(fields: "id") { id: ID! weight: Int @external fee: Int @requires(fields: "weight") }',
    ],
    found: [],
  },
  {
    title: 'several keys, some of them not resolvable',
    subgraphs: [
      'type Query { row: Row } type Row @key(fields: "id") @key(fields: "a b", resolvable: false) { id: ID! a: Int b: Int }',
      'type Row @key(fields: "a b") { a: Int b: Int more: Int }',
    ],
    found: ['s0 Row KEYS_PARTLY_RESOLVABLE'],
  },
  {
    title: '@interfaceObject whose key is not resolvable',
    subgraphs: [
      `type Query { thing: Thing } interface Thing @key(fields: "id") { id: ID! }
        type Pen implements Thing @key(fields: "id") { id: ID! }`,
      'type Query { box: Box } type Box { thing: Thing } type Thing @interfaceObject @key(fields: "id", resolvable: false) { id: ID! }',
    ],
    found: ['s1 Thing INTERFACE_OBJECT_NOT_RESOLVABLE'],
  },
  {
    title: 'requirements of one field with different arguments',
    subgraphs: [
      GOODS,
      `type Good @key(fields: "id") { id: ID! price(in: String!): Int @external
        a: Int @requires(fields: "price(in: \\"USD\\")") b: Int @requires(fields: "price(in: \\"EUR\\")") }`,
    ],
    found: ['s1 Good.b REQUIREMENTS_DIFFER'],
  },
  {
    title: 'a shared field of a union whose members one subgraph does not all have',
    subgraphs: [
      'type Query { box: Box @shareable } type Box @shareable { any: Any } union Any = Red | Blue type Red @shareable { r: Int } type Blue { b: Int }',
      'type Query { box: Box @shareable } type Box @shareable { any: Any } union Any = Red type Red @shareable { r: Int }',
    ],
    found: ['s1 Box.any ABSTRACT_TYPE_PARTLY_KNOWN'],
  },
]

function compose(subgraphs: readonly string[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map((sdl, i) => ({ name: `s${i}`, url: `http://s${i}.invalid/`, typeDefs: parse(`${LINK} ${sdl}`) })),
  )
  if (!supergraphSdl) throw new Error(`expected subgraphs that compose; came ${errors?.map(String).join('\n')}`)
  return supergraphSdl
}

const patternsOf = (sdl: string) => findKnownPatterns(Supergraph.build(sdl, { supportedFeatures: SUPPORTED_FEATURES }))

describe('findKnownPatterns', () => {
  it.each(STORIES)('reports $title', ({ subgraphs, found }) => {
    const warnings = patternsOf(compose(subgraphs))
    expect(warnings.map(({ subgraph, coordinate, shape }) => `${subgraph} ${coordinate} ${shape}`)).toEqual(found)
  })

  it('finds no known pattern in the domains of this project', () => {
    expect(patternsOf(readFileSync(new URL('../supergraph.graphql', import.meta.url), 'utf8'))).toEqual([])
  })
})
