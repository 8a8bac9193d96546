import { fed2, type Pattern } from '../harness/pattern.ts'

/** `@context` and `@fromContext`: a nested field takes a value from an object above it, which another subgraph answered. */
const shops = [
  { id: 's1', currency: 'HNL' },
  { id: 's2', currency: 'GTQ' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'shops',
      sdl: fed2(
        `type Query { shops: [Shop!]! } type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String @external items: [Item!]! }
        type Item @key(fields: "id") { id: ID! price(currency: String @fromContext(field: "$shop { currency }")): String }`,
        ['@context', '@fromContext'],
      ),
      resolvers: {
        Query: { shops: () => shops.map(({ id }) => ({ id })) },
        Shop: { __resolveReference: ({ id }: { id: string }) => ({ id }), items: () => [{ id: 'i1' }, { id: 'i2' }] },
        Item: {
          __resolveReference: ({ id }: { id: string }) => ({ id }),
          price: ({ id }: { id: string }, { currency }: { currency?: string }) => `${id} in ${currency}`,
        },
      },
    },
    {
      name: 'currencies',
      sdl: fed2('type Shop @key(fields: "id") { id: ID! currency: String }'),
      resolvers: {
        Shop: { __resolveReference: ({ id }: { id: string }) => shops.find((shop) => shop.id === id) ?? null },
      },
    },
  ],
  cases: [
    {
      query: '{ shops { items { price id } } }',
      data: {
        shops: [
          {
            items: [
              { price: 'i1 in HNL', id: 'i1' },
              { price: 'i2 in HNL', id: 'i2' },
            ],
          },
          {
            items: [
              { price: 'i1 in GTQ', id: 'i1' },
              { price: 'i2 in GTQ', id: 'i2' },
            ],
          },
        ],
      },
      stockFails: 'does not load a supergraph with @context',
    },
    {
      query: '{ shops { items { id } currency } }',
      stockFails: 'does not load a supergraph with @context',
      data: {
        shops: [
          { items: [{ id: 'i1' }, { id: 'i2' }], currency: 'HNL' },
          { items: [{ id: 'i1' }, { id: 'i2' }], currency: 'GTQ' },
        ],
      },
    },
  ],
}
