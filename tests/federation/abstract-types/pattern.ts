import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** Interfaces over entities in several subgraphs, fragments that nest, conditions that empty them, aliases of `__typename`. */
const goods = [
  { __typename: 'Book', id: 'p1', sku: 's1', title: 'Sea', pages: 300, by: 'u1', size: 'small' },
  { __typename: 'Map', id: 'p2', sku: 's2', title: 'Coast', scale: 50, by: 'u2', size: 'large' },
]
const notes = [
  { id: 1, text: 'good', good: goods[0] },
  { id: 2, text: 'torn', good: goods[1] },
]
const notesOf = ({ id }: { id: string }) => notes.filter((note) => note.good?.id === id)
const NOTED = {
  __resolveReference: ({ id }: { id: string }) => ({ id }),
  notes: notesOf,
  noteCount: (good: { id: string }) => notesOf(good).length,
}
const publishers = {
  p1: { __typename: 'House', id: 'h1', company: 'Norte' },
  p2: { __typename: 'Self', email: 'ana@example.org' },
}

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'catalogue',
      sdl: fed2(`type Query { goods: [Good] similar(id: ID!): [Good] }
        interface Good { id: ID! sku: String by: User }
        interface Similar { id: ID! }
        type Book implements Good & Similar @key(fields: "id") { id: ID! sku: String title: String pages: Int by: User }
        type Map implements Good & Similar @key(fields: "id") { id: ID! sku: String title: String scale: Int by: User }
        type User @key(fields: "id") { id: ID! }`),
      resolvers: {
        Query: {
          goods: () => goods,
          similar: (_: unknown, { id }: { id: string }) => goods.filter((good) => good.id !== id),
        },
        Book: { __resolveReference: findBy(goods, 'id'), by: ({ by }: { by: string }) => ({ id: by }) },
        Map: { __resolveReference: findBy(goods, 'id'), by: ({ by }: { by: string }) => ({ id: by }) },
      },
    },
    {
      name: 'users',
      sdl: fed2('type User @key(fields: "id") { id: ID! email: String total: Int }'),
      resolvers: {
        User: { __resolveReference: ({ id }: { id: string }) => ({ id, email: `${id}@example.org`, total: 2 }) },
      },
    },
    {
      name: 'notes',
      sdl: fed2(`interface Good { id: ID! notes: [Note] noteCount: Int! }
        type Book implements Good @key(fields: "id") { id: ID! notes: [Note] noteCount: Int! }
        type Map implements Good @key(fields: "id") { id: ID! notes: [Note] noteCount: Int! }
        type Note { id: Int! text: String good: Good } type Query { note(id: Int!): Note }`),
      resolvers: {
        Query: { note: (_: unknown, { id }: { id: number }) => notes.find((note) => note.id === id) },
        Book: NOTED,
        Map: NOTED,
      },
    },
    {
      name: 'stock',
      sdl: fed2(`interface Good { id: ID! size: String delivery(zip: String): Delivery }
        type Book implements Good @key(fields: "id") { id: ID! size: String delivery(zip: String): Delivery publisher: Publisher }
        type Map implements Good @key(fields: "id") { id: ID! size: String delivery(zip: String): Delivery publisher: Publisher }
        type Delivery { fastest: String zip: String } union Publisher = House | Self
        type House @key(fields: "id") { id: ID! company: String } type Self { email: String }`),
      resolvers: {
        Book: { __resolveReference: ({ id }: { id: string }) => stocked(id), delivery: deliver },
        Map: { __resolveReference: ({ id }: { id: string }) => stocked(id), delivery: deliver },
      },
    },
  ],
  cases: [
    {
      query: '{ goods { id size } }',
      data: {
        goods: [
          { id: 'p1', size: 'small' },
          { id: 'p2', size: 'large' },
        ],
      },
    },
    { query: '{ similar(id: "p1") { id sku } }', data: { similar: [{ id: 'p2', sku: 's2' }] } },
    {
      query:
        '{ a: similar(id: "p1") { delivery(zip: "10") { fastest zip } } b: similar(id: "p2") { sku delivery(zip: "20") { zip } } }',
      data: { a: [{ delivery: { fastest: 'same day', zip: '10' } }], b: [{ sku: 's1', delivery: { zip: '20' } }] },
    },
    {
      query: '{ goods { sku ... on Good { sku } ... on Book { sku } ... on Similar { __typename type: __typename } } }',
      data: {
        goods: [
          { sku: 's1', __typename: 'Book', type: 'Book' },
          { sku: 's2', __typename: 'Map', type: 'Map' },
        ],
      },
    },
    {
      query: '{ goods { author: by { email total } ... on Map { title } } }',
      data: {
        goods: [
          { author: { email: 'u1@example.org', total: 2 } },
          { author: { email: 'u2@example.org', total: 2 }, title: 'Coast' },
        ],
      },
    },
    {
      query: '{ goods { notes { good { sku ... on Map { title } ... on Book { noteCount pages } } } } }',
      data: {
        goods: [
          { notes: [{ good: { sku: 's1', noteCount: 1, pages: 300 } }] },
          { notes: [{ good: { sku: 's2', title: 'Coast' } }] },
        ],
      },
    },
    ...[true, false].flatMap((title) => [
      {
        query:
          'query ($title: Boolean!) { goods { id ... on Book @include(if: $title) { title } ... on Map { sku } } }',
        variables: { title },
        data: {
          goods: [
            { id: 'p1', ...(title ? { title: 'Sea' } : {}) },
            { id: 'p2', sku: 's2' },
          ],
        },
      },
      {
        query:
          'query ($title: Boolean!) { note(id: 1) { good { id ... on Book @skip(if: $title) { title } ... on Book { sku } } } }',
        variables: { title },
        data: { note: { good: { id: 'p1', ...(title ? {} : { title: 'Sea' }), sku: 's1' } } },
      },
      {
        query:
          'query ($title: Boolean!) { note(id: 1) { good { ... on Book @include(if: $title) { title ... on Book @skip(if: $title) { sku } } } } }',
        variables: { title },
        data: { note: { good: title ? { title: 'Sea' } : {} } },
      },
    ]),
    {
      query:
        '{ goods { ... on Book { publisher { ...P } } ... on Map { publisher { ...P } } } } fragment P on Publisher { ... on House { id company } ... on Self { email } }',
      data: { goods: [{ publisher: { id: 'h1', company: 'Norte' } }, { publisher: { email: 'ana@example.org' } }] },
    },
    {
      query: '{ note(id: 2) { text good { __typename id noteCount size by { total } } } }',
      data: {
        note: { text: 'torn', good: { __typename: 'Map', id: 'p2', noteCount: 1, size: 'large', by: { total: 2 } } },
      },
    },
  ],
}

function stocked(id: string): Record<string, unknown> {
  return { id, size: goods.find((good) => good.id === id)?.size, publisher: publishers[id as 'p1' | 'p2'] }
}

function deliver(_: unknown, { zip }: { zip: string }): Record<string, unknown> {
  return { fastest: 'same day', zip }
}
