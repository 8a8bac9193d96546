import { findBy, type Pattern } from '../harness/pattern.ts'

/** A Federation 1 `@external` that nothing uses: the owner answers the field, and the gateway does not ask the other subgraph for it. */
const goods = [{ id: 'g1', name: 'tent', price: 100 }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'price',
      sdl: 'type Query { cheap: Good } type Good @key(fields: "id") { id: ID! price: Float }',
      resolvers: { Query: { cheap: () => goods[0] }, Good: { __resolveReference: findBy(goods, 'id') } },
    },
    {
      name: 'names',
      sdl: 'type Query { good: Good } extend type Good @key(fields: "id") { id: ID! @external name: String price: Float @external }',
      resolvers: {
        Query: { good: () => ({ id: 'g1', name: 'tent', price: -1 }) },
        Good: { __resolveReference: ({ id }: { id: string }) => ({ id, name: 'tent', price: -1 }) },
      },
    },
  ],
  cases: [
    { query: '{ good { id name price } }', data: { good: { id: 'g1', name: 'tent', price: 100 } } },
    { query: '{ cheap { price name } }', data: { cheap: { price: 100, name: 'tent' } } },
  ],
}
