import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `@requires` of two fields of the owner, `@provides` of a name that saves a request. */
const goods = [
  { upc: 'g1', price: 100, weight: 2, name: 'tent' },
  { upc: 'g2', price: 30, weight: 5, name: 'rope' },
]
const stock = [
  { upc: 'g1', inStock: true },
  { upc: 'g2', inStock: false },
]
const makers = [{ id: 'm1', handle: '@ana', email: 'ana@example.org' }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'catalogue',
      sdl: fed2(
        'type Query { goods: [Good] } type Good @key(fields: "upc") { upc: ID! name: String price: Int weight: Int }',
      ),
      resolvers: { Query: { goods: () => goods }, Good: { __resolveReference: findBy(goods, 'upc') } },
    },
    {
      name: 'shipping',
      sdl: fed2(`type Good @key(fields: "upc") { upc: ID! price: Int @external weight: Int @external inStock: Boolean
        estimate: Int @requires(fields: "price weight") tag: String @requires(fields: "price") }`),
      resolvers: {
        Good: {
          __resolveReference: findBy(stock, 'upc'),
          estimate: ({ price, weight }: { price: number; weight: number }) => price * weight,
          tag: ({ price, weight }: { price: number; weight?: number }) =>
            `${price}/${weight === undefined ? 'no' : 'with'} weight`,
        },
      },
    },
    {
      name: 'makers',
      sdl: fed2('type Maker @key(fields: "id") { id: ID! handle: String @shareable email: String }'),
      resolvers: { Maker: { __resolveReference: findBy(makers, 'id') } },
    },
    {
      name: 'opinions',
      sdl: fed2(`type Good @key(fields: "upc") { upc: ID! opinions: [Opinion] }
        type Opinion { text: String by: Maker @provides(fields: "handle") author: Maker }
        type Maker @key(fields: "id") { id: ID! handle: String @external }`),
      resolvers: {
        Good: {
          __resolveReference: ({ upc }: { upc: string }) => ({
            upc,
            opinions:
              upc === 'g1' ? [{ text: 'dry', by: { id: 'm1', handle: '@provided' }, author: { id: 'm1' } }] : [],
          }),
        },
      },
    },
  ],
  cases: [
    { query: '{ goods { estimate } }', data: { goods: [{ estimate: 200 }, { estimate: 150 }] } },
    {
      query: '{ goods { estimate inStock name } }',
      data: {
        goods: [
          { estimate: 200, inStock: true, name: 'tent' },
          { estimate: 150, inStock: false, name: 'rope' },
        ],
      },
    },
    { query: '{ goods { tag } }', data: { goods: [{ tag: '100/no weight' }, { tag: '30/no weight' }] } },
    {
      query: '{ goods { price estimate cost: price } }',
      data: {
        goods: [
          { price: 100, estimate: 200, cost: 100 },
          { price: 30, estimate: 150, cost: 30 },
        ],
      },
    },
    {
      query: '{ goods { opinions { by { handle } } } }',
      data: { goods: [{ opinions: [{ by: { handle: '@provided' } }] }, { opinions: [] }] },
    },
    {
      query: '{ goods { opinions { author { handle email } text } estimate } }',
      data: {
        goods: [
          { opinions: [{ author: { handle: '@ana', email: 'ana@example.org' }, text: 'dry' }], estimate: 200 },
          { opinions: [], estimate: 150 },
        ],
      },
    },
    {
      query: '{ goods { opinions { by { handle email id } } } }',
      data: {
        goods: [{ opinions: [{ by: { handle: '@provided', email: 'ana@example.org', id: 'm1' } }] }, { opinions: [] }],
      },
    },
  ],
}
