import { fed2, type Pattern } from '../harness/pattern.ts'

/** Interfaces that types implement in one subgraph and not in another, a union of these types, and nested fragments. */
const stove = { __typename: 'Stove', id: 's1' }
const lamp = { __typename: 'Lamp', id: 'l1', years: 3 }

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(`type Query { goods: [Good] node(id: ID!): Node nodes: [Node] lamps: [Lamp] }
        union Good = Stove | Lamp interface Node { id: ID! } interface Guaranteed { years: Int }
        type Stove @key(fields: "id") { id: ID! }
        type Lamp implements Node & Guaranteed @key(fields: "id") { id: ID! years: Int }`),
      resolvers: {
        Query: {
          goods: () => [stove, lamp],
          node: (_: unknown, { id }: { id: string }) => (id === 'l1' ? lamp : stove),
          nodes: () => [lamp],
          lamps: () => [lamp],
        },
        Stove: { __resolveReference: () => stove },
        Lamp: { __resolveReference: () => lamp },
      },
    },
    {
      name: 'b',
      sdl: fed2(`interface Node { id: ID! } interface Guaranteed { years: Int }
        type Stove implements Node & Guaranteed @key(fields: "id") { id: ID! years: Int }`),
      resolvers: { Stove: { __resolveReference: () => ({ ...stove, years: 1 }) } },
    },
  ],
  cases: [
    { query: '{ goods { ... on Node { id } } }', data: { goods: [{ id: 's1' }, { id: 'l1' }] } },
    { query: '{ goods { ... on Guaranteed { years } } }', data: { goods: [{ years: 1 }, { years: 3 }] } },
    { query: '{ nodes { ... on Lamp { years } ... on Stove { id } } }', data: { nodes: [{ years: 3 }] } },
    {
      query: '{ nodes { ... on Node { id ... on Node { id ... on Guaranteed { years } } } } }',
      data: { nodes: [{ id: 'l1', years: 3 }] },
    },
    {
      query: '{ lamps { ...L ...N } } fragment L on Lamp { id } fragment N on Node { id __typename }',
      data: { lamps: [{ id: 'l1', __typename: 'Lamp' }] },
    },
    { query: '{ node(id: "s1") { ... on Stove { years } } }', data: { node: null }, errors: true },
    { query: '{ node(id: "l1") { ... on Lamp { years } } }', data: { node: { years: 3 } } },
  ],
}
