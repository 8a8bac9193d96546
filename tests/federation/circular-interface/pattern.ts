import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** An interface whose field returns itself, across subgraphs, several levels down. */
const goods = [
  { __typename: 'Book', id: '1', similar: ['2'], price: 10 },
  { __typename: 'Book', id: '2', similar: ['1'], price: 20 },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(
        'type Query { good: Good } interface Good { similar: [Good] } type Book implements Good @key(fields: "id") { id: ID! similar: [Good] }',
      ),
      resolvers: {
        Query: { good: () => goods[0] },
        Book: {
          __resolveReference: findBy(goods, 'id'),
          similar: ({ similar }: { similar: string[] }) => goods.filter(({ id }) => similar.includes(id)),
        },
      },
    },
    {
      name: 'b',
      sdl: fed2(
        'interface Good { id: ID! price: Float } type Book implements Good @key(fields: "id") { id: ID! @shareable price: Float }',
      ),
      resolvers: { Book: { __resolveReference: findBy(goods, 'id') } },
    },
  ],
  cases: [
    {
      query: '{ good { price similar { id price } } }',
      data: { good: { price: 10, similar: [{ id: '2', price: 20 }] } },
    },
    {
      query: '{ good { similar { similar { price similar { id __typename } } } } }',
      data: { good: { similar: [{ similar: [{ price: 10, similar: [{ id: '2', __typename: 'Book' }] }] }] } },
    },
    {
      query: '{ good { ... on Book { similar { ... on Book { price } } } } }',
      data: { good: { similar: [{ price: 20 }] } },
    },
  ],
}
