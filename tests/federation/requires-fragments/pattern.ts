import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `@requires` with fragments on interfaces inside fragments on objects, and null if there is no value. */
const rows = [
  { id: 'e1', data: { __typename: 'Cat', shared: 's1', lives: 9, paws: { front: 'soft' } } },
  { id: 'e2', data: { __typename: 'Eel', shared: 's2', volts: 600 } },
  { id: 'e3', data: null },
]

const TYPES = (external: string) => `
  interface Base { shared: String }
  interface Furred implements Base { shared: String paws: Paws }
  type Paws { front: String ${external} }
  type Cat implements Base & Furred { shared: String ${external} lives: Int ${external} paws: Paws ${external} }
  type Eel implements Base { shared: String ${external} volts: Int ${external} }`

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'animals',
      sdl: fed2(
        `type Query { first: Animal all: [Animal] } type Animal @key(fields: "id") { id: ID! data: Base } ${TYPES('')}`,
      ),
      resolvers: {
        Query: { first: () => rows[0], all: () => rows },
        Animal: { __resolveReference: findBy(rows, 'id') },
      },
    },
    {
      name: 'vets',
      sdl: fed2(`type Animal @key(fields: "id") { id: ID! data: Base @external
        label: String @requires(fields: "data { shared ... on Furred { paws { front } ... on Cat { lives } } ... on Eel { volts } }") }
        ${TYPES('@external')}`),
      resolvers: {
        Animal: {
          __resolveReference: (reference: object) => reference,
          label: ({ data }: { data: Record<string, unknown> | null }) =>
            JSON.stringify(data && { ...data, __typename: undefined }),
        },
      },
    },
  ],
  cases: [
    { query: '{ first { label } }', data: { first: { label: '{"shared":"s1","lives":9,"paws":{"front":"soft"}}' } } },
    {
      query: '{ all { id label } }',
      data: {
        all: [
          { id: 'e1', label: '{"shared":"s1","lives":9,"paws":{"front":"soft"}}' },
          { id: 'e2', label: '{"shared":"s2","volts":600}' },
          { id: 'e3', label: 'null' },
        ],
      },
    },
    {
      query: '{ all { data { shared ... on Cat { lives } } label } }',
      data: {
        all: [
          { data: { shared: 's1', lives: 9 }, label: '{"shared":"s1","lives":9,"paws":{"front":"soft"}}' },
          { data: { shared: 's2' }, label: '{"shared":"s2","volts":600}' },
          { data: null, label: 'null' },
        ],
      },
    },
  ],
}
