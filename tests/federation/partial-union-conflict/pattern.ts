import { fed2, type Pattern } from '../harness/pattern.ts'

/**
 * One subgraph knows fewer types of a union. It requires a field of these types. Another type of the union has a field of the same name
 * with another type.
 */
const things = [
  { __typename: 'Lamp', size: 3 },
  { __typename: 'Vase', size: 'tall' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'boxes',
      sdl: fed2(`type Query { box: Box } type Box @key(fields: "id") { id: ID! things: [Thing] }
        union Thing = Lamp | Vase type Lamp { size: Int! @shareable } type Vase { size: String! }`),
      resolvers: {
        Query: { box: () => ({ id: 'b1' }) },
        Box: { __resolveReference: (reference: object) => reference, things: () => things },
      },
    },
    {
      name: 'labels',
      sdl: fed2(`type Box @key(fields: "id") { id: ID! things: [Thing] @external
        label: String @requires(fields: "things { __typename ... on Lamp { size } }") }
        union Thing = Lamp type Lamp { size: Int! @shareable }`),
      resolvers: {
        Box: {
          __resolveReference: (reference: object) => reference,
          label: ({ things: given }: { things: readonly object[] }) => JSON.stringify(given),
        },
      },
    },
  ],
  cases: [
    { query: '{ box { things { ... on Vase { size } } } }', data: { box: { things: [{}, { size: 'tall' }] } } },
    {
      query: '{ box { things { ... on Vase { size } } label } }',
      data: {
        box: { things: [{}, { size: 'tall' }], label: '[{"__typename":"Lamp","size":3},{"__typename":"Vase"}]' },
      },
    },
    {
      query: '{ box { label things { ... on Vase { size } } } }',
      data: {
        box: { label: '[{"__typename":"Lamp","size":3},{"__typename":"Vase"}]', things: [{}, { size: 'tall' }] },
      },
    },
  ],
}
