import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** Interface objects that only refer (`resolvable: false`): the gateway cannot ask that subgraph for their fields, but it can ask others. */
const products = [
  { __typename: 'Bread', id: 'b1', name: 'rye' },
  { __typename: 'Soap', id: 's1', name: 'lye' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'products',
      sdl: fed2(`interface Product @key(fields: "id") { id: ID! name: String }
        type Bread implements Product @key(fields: "id") { id: ID! name: String }
        type Soap implements Product @key(fields: "id") { id: ID! name: String }
        type Query { product(id: ID!): Product }`),
      resolvers: {
        Query: {
          product: (_: unknown, { id }: { id: string }) => products.find((product) => product.id === id) ?? null,
        },
        Product: { __resolveReference: findBy(products, 'id') },
        Bread: { __resolveReference: findBy(products, 'id') },
        Soap: { __resolveReference: findBy(products, 'id') },
      },
    },
    {
      name: 'baskets',
      sdl: fed2(`type Query { basket: [Line] } type Line { count: Int product: Product }
        type Product @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }`),
      resolvers: {
        Query: {
          basket: () => [
            { count: 2, product: { id: 's1' } },
            { count: 1, product: { id: 'b1' } },
          ],
        },
      },
    },
  ],
  cases: [
    {
      query: '{ basket { count product { id } } }',
      data: {
        basket: [
          { count: 2, product: { id: 's1' } },
          { count: 1, product: { id: 'b1' } },
        ],
      },
    },
    {
      query: '{ basket { product { name } } }',
      data: { basket: [{ product: { name: 'lye' } }, { product: { name: 'rye' } }] },
    },
    {
      query: '{ basket { product { __typename ... on Bread { name } } } }',
      data: { basket: [{ product: { __typename: 'Soap' } }, { product: { __typename: 'Bread', name: 'rye' } }] },
    },
    { query: '{ product(id: "b1") { id name } }', data: { product: { id: 'b1', name: 'rye' } } },
  ],
}
