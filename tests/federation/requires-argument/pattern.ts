import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `@requires` of a field with arguments: the resolver gets the value for exactly these arguments. */
const goods = [
  { upc: 'g1', name: 'tent', euros: 10, weight: 2, reviews: ['good', 'dry', 'big'] },
  { upc: 'g2', name: 'rope', euros: 4, weight: 9, reviews: ['long'] },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'catalogue',
      sdl: fed2(`type Query { goods: [Good] }
        type Good @key(fields: "upc") { upc: ID! name: String weight: Int price(currency: String!): Int
          reviews(limit: Int!): [Review!]! bulk: Bulk }
        type Bulk { average(currency: String!): Int }
        type Review { text: String }`),
      resolvers: {
        Query: { goods: () => goods },
        Good: {
          __resolveReference: findBy(goods, 'upc'),
          price: ({ euros }: { euros: number }, { currency }: { currency: string }) =>
            currency === 'EUR' ? euros : euros * 2,
          reviews: ({ reviews }: { reviews: string[] }, { limit }: { limit: number }) =>
            reviews.slice(0, limit).map((text) => ({ text })),
          bulk: ({ euros }: { euros: number }) => ({ euros }),
        },
        Bulk: {
          average: ({ euros }: { euros: number }, { currency }: { currency: string }) =>
            currency === 'EUR' ? euros : euros * 2,
        },
      },
    },
    {
      name: 'shipping',
      sdl: fed2(`type Good @key(fields: "upc") { upc: ID! weight: Int @external price(currency: String!): Int @external
        reviews(limit: Int!): [Review!]! @external bulk: Bulk @external
        estimate: Int @requires(fields: "price(currency: \\"USD\\") weight")
        loud: Int @requires(fields: "reviews(limit: 2) { text }")
        dear: Boolean @requires(fields: "bulk { average(currency: \\"USD\\") }") }
        type Bulk { average(currency: String!): Int @external }
        type Review { text: String @external }`),
      resolvers: {
        Good: {
          __resolveReference: (reference: object) => reference,
          estimate: ({ price, weight }: { price: number; weight: number }) => price * weight,
          loud: ({ reviews }: { reviews: unknown[] }) => reviews.length,
          dear: ({ bulk }: { bulk: { average: number } }) => bulk.average > 10,
        },
      },
    },
  ],
  cases: [
    { query: '{ goods { estimate } }', data: { goods: [{ estimate: 40 }, { estimate: 72 }] } },
    {
      query: '{ goods { upc name estimate loud dear } }',
      data: {
        goods: [
          { upc: 'g1', name: 'tent', estimate: 40, loud: 2, dear: true },
          { upc: 'g2', name: 'rope', estimate: 72, loud: 1, dear: false },
        ],
      },
    },
    {
      query: '{ goods { reviews(limit: 3) { text } } }',
      data: {
        goods: [{ reviews: [{ text: 'good' }, { text: 'dry' }, { text: 'big' }] }, { reviews: [{ text: 'long' }] }],
      },
    },
    {
      query: '{ goods { reviews(limit: 1) { text } loud } }',
      stockFails: 'uses the value for the client’s arguments as the required one',
      data: {
        goods: [
          { reviews: [{ text: 'good' }], loud: 2 },
          { reviews: [{ text: 'long' }], loud: 1 },
        ],
      },
    },
    {
      query:
        'query ($n: Int = 1) { goods { loud ...A ...B } } fragment A on Good { reviews(limit: $n) { text } } fragment B on Good { reviews(limit: $n) { text } }',
      stockFails: 'uses the required value as the one for the client’s arguments',
      data: {
        goods: [
          { loud: 2, reviews: [{ text: 'good' }] },
          { loud: 1, reviews: [{ text: 'long' }] },
        ],
      },
    },
    {
      query: '{ goods { price(currency: "EUR") estimate } }',
      stockFails: 'uses the value for the client’s arguments as the required one',
      data: {
        goods: [
          { price: 10, estimate: 40 },
          { price: 4, estimate: 72 },
        ],
      },
    },
    {
      query: '{ goods { price: weight estimate } }',
      stockFails: 'uses the alias as the required field',
      data: {
        goods: [
          { price: 2, estimate: 40 },
          { price: 9, estimate: 72 },
        ],
      },
    },
  ],
}
