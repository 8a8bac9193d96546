import { fed2, type Pattern } from '../harness/pattern.ts'

/** A shareable union: one subgraph knows all its types, another only some. Its types have no keys. */
const boxes = {
  all: [
    { __typename: 'Red', r: 1 },
    { __typename: 'Green', g: 2 },
    { __typename: 'Blue', b: 3 },
  ],
}

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'whole',
      sdl: fed2(`type Query { box: Box } type Box @key(fields: "id") { id: ID! all: [Colour] @shareable inner: Inner @shareable }
        type Inner { all: [Colour] @shareable }
        union Colour = Red | Green | Blue type Red { r: Int @shareable } type Green { g: Int } type Blue { b: Int }`),
      resolvers: {
        Query: { box: () => ({ id: 'x', ...boxes, inner: boxes }) },
        Box: { __resolveReference: () => ({ id: 'x', ...boxes, inner: boxes }) },
      },
    },
    {
      name: 'part',
      sdl: fed2(`type Query { crate: Box } type Box @key(fields: "id") { id: ID! all: [Colour] @shareable inner: Inner @shareable }
        type Inner { all: [Colour] @shareable } union Colour = Red type Red { r: Int @shareable }`),
      resolvers: {
        Query: { crate: () => ({ id: 'x', all: [boxes.all[0]], inner: { all: [boxes.all[0]] } }) },
        Box: { __resolveReference: () => ({ id: 'x', all: [boxes.all[0]], inner: { all: [boxes.all[0]] } }) },
      },
    },
  ],
  cases: [
    {
      query: '{ box { all { ... on Red { r } ... on Green { g } ... on Blue { b } } } }',
      stockFails: 'drops the selections on types that not all subgraphs know',
      data: { box: { all: [{ r: 1 }, { g: 2 }, { b: 3 }] } },
    },
    {
      query: '{ box { inner { all { __typename ... on Green { g } } } } }',
      stockFails: 'drops the selections on types that not all subgraphs know',
      data: { box: { inner: { all: [{ __typename: 'Red' }, { __typename: 'Green', g: 2 }, { __typename: 'Blue' }] } } },
    },
    { query: '{ crate { all { ... on Red { r } } } }', data: { crate: { all: [{ r: 1 }] } } },
  ],
}
