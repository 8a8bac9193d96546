import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `@requires` on fields that take arguments themselves, under several aliases. */
const goods = [
  { id: 'g1', weight: 3 },
  { id: 'g2', weight: 4 },
]
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2('type Query { goods: [Good] } type Good @key(fields: "id") { id: ID! weight: Int }'),
      resolvers: { Query: { goods: () => goods }, Good: { __resolveReference: findBy(goods, 'id') } },
    },
    {
      name: 'b',
      sdl: fed2(
        'type Good @key(fields: "id") { id: ID! weight: Int @external fee(zone: Int = 1): Int @requires(fields: "weight") inner(n: Int): Inner @requires(fields: "weight") } type Inner { fee: Int }',
      ),
      resolvers: {
        Good: {
          __resolveReference: (r: object) => r,
          fee: ({ weight }: { weight: number }, { zone }: { zone: number }) => weight * zone,
          inner: ({ weight }: { weight: number }, { n }: { n: number }) => ({ fee: weight * n }),
        },
      },
    },
  ],
  cases: [
    { query: '{ goods { fee } }', data: { goods: [{ fee: 3 }, { fee: 4 }] } },
    {
      query: '{ goods { a: fee(zone: 2) b: fee(zone: 3) fee } }',
      data: {
        goods: [
          { a: 6, b: 9, fee: 3 },
          { a: 8, b: 12, fee: 4 },
        ],
      },
    },
    {
      query: 'query ($z: Int) { goods { fee(zone: $z) } }',
      variables: { z: 5 },
      data: { goods: [{ fee: 15 }, { fee: 20 }] },
    },
    {
      query: '{ goods { a: inner(n: 1) { fee } b: inner(n: 2) { fee } weight: fee } }',
      data: {
        goods: [
          { a: { fee: 3 }, b: { fee: 6 }, weight: 3 },
          { a: { fee: 4 }, b: { fee: 8 }, weight: 4 },
        ],
      },
    },
    {
      query: '{ goods { fee(zone: 7) weight: id } }',
      stockFails: 'answers the alias with the required field',
      data: {
        goods: [
          { fee: 21, weight: 'g1' },
          { fee: 28, weight: 'g2' },
        ],
      },
    },
  ],
}
