import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** Two fields of one subgraph require a third with different arguments: the gateway must not confuse the two prices. */
const goods = [
  { upc: 'g1', euros: 10, weight: 2 },
  { upc: 'g2', euros: 4, weight: 9 },
]
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'catalogue',
      sdl: fed2(
        'type Query { goods: [Good] } type Good @key(fields: "upc") { upc: ID! weight: Int price(currency: String!): Int }',
      ),
      resolvers: {
        Query: { goods: () => goods },
        Good: {
          __resolveReference: findBy(goods, 'upc'),
          price: ({ euros }: { euros: number }, { currency }: { currency: string }) =>
            currency === 'EUR' ? euros : euros * 2,
        },
      },
    },
    {
      name: 'shipping',
      sdl: fed2(`type Good @key(fields: "upc") { upc: ID! weight: Int @external price(currency: String!): Int @external
        dollars: Int @requires(fields: "price(currency: \\"USD\\") weight") euros: Int @requires(fields: "price(currency: \\"EUR\\") weight") plain: Int @requires(fields: "weight") }`),
      resolvers: {
        Good: {
          __resolveReference: (r: object) => r,
          dollars: cost,
          euros: cost,
          plain: ({ weight }: { weight: number }) => weight,
        },
      },
    },
  ],
  cases: [
    { query: '{ goods { dollars } }', data: { goods: [{ dollars: 40 }, { dollars: 72 }] } },
    { query: '{ goods { euros } }', data: { goods: [{ euros: 20 }, { euros: 36 }] } },
    {
      query: '{ goods { dollars euros plain } }',
      stockFails: 'asks for one of the two prices and uses it for both',
      data: {
        goods: [
          { dollars: 40, euros: 20, plain: 2 },
          { dollars: 72, euros: 36, plain: 9 },
        ],
      },
    },
    {
      query: '{ goods { euros price(currency: "USD") dollars } }',
      stockFails: 'asks for one of the two prices and uses it for both',
      data: {
        goods: [
          { euros: 20, price: 20, dollars: 40 },
          { euros: 36, price: 8, dollars: 72 },
        ],
      },
    },
  ],
}
function cost({ price, weight }: { price: number; weight: number }): number {
  return price * weight
}
