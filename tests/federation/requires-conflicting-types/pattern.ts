import { fed2, type Pattern } from '../harness/pattern.ts'

/** The required selection and the client's selection have nested fields with the same name and different types. */
const boxes: Readonly<Record<string, readonly object[]>> = {
  b1: [
    { __typename: 'Lamp', size: 3, inside: 'bulb' },
    { __typename: 'Vase', size: 'tall', inside: { id: 'b2' } },
  ],
  b2: [{ __typename: 'Vase', size: 'small', inside: null }],
}

const VALUES = `union Thing = Lamp | Vase type Lamp { size: Int! @shareable inside: String @shareable }
  type Vase { size: String! @shareable inside: Box @shareable }`

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'boxes',
      sdl: fed2(`type Query { box: Box } type Box @key(fields: "id") { id: ID! things: [Thing] } ${VALUES}`),
      resolvers: {
        Query: { box: () => ({ id: 'b1' }) },
        Box: { __resolveReference: (reference: object) => reference, things: ({ id }: { id: string }) => boxes[id] },
      },
    },
    {
      name: 'labels',
      sdl: fed2(`type Box @key(fields: "id") { id: ID! things: [Thing] @external
        label: String @requires(fields: "things { __typename ... on Lamp { size inside } ... on Vase { __typename } }") } ${VALUES}`),
      resolvers: {
        Box: {
          __resolveReference: (reference: object) => reference,
          label: ({ id, things }: { id: string; things: readonly object[] }) => `${id} ${JSON.stringify(things)}`,
        },
      },
    },
  ],
  cases: [
    {
      query: '{ box { label } }',
      data: { box: { label: 'b1 [{"__typename":"Lamp","size":3,"inside":"bulb"},{"__typename":"Vase"}]' } },
    },
    {
      query: '{ box { label things { ... on Vase { size } } } }',
      data: {
        box: {
          label: 'b1 [{"__typename":"Lamp","size":3,"inside":"bulb"},{"__typename":"Vase"}]',
          things: [{}, { size: 'tall' }],
        },
      },
    },
    {
      query: '{ box { label things { ... on Vase { inside { label things { ... on Vase { size } } } } } } }',
      stockFails: 'its planner forgets the alias of a field below another with an alias',
      data: {
        box: {
          label: 'b1 [{"__typename":"Lamp","size":3,"inside":"bulb"},{"__typename":"Vase"}]',
          things: [{}, { inside: { label: 'b2 [{"__typename":"Vase"}]', things: [{ size: 'small' }] } }],
        },
      },
    },
  ],
}
