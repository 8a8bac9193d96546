import { fed2, type Pattern } from '../harness/pattern.ts'

/** Entities in lists of lists, with repetitions and nulls: each stays at its place. */
const ref = (id: string) => ({ id })

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(
        'type Query { grid: [[Cell]] line: [Cell!]! empty: [Cell!]! } type Cell @key(fields: "id") { id: ID! near: [[Cell!]!] }',
      ),
      resolvers: {
        Query: {
          grid: () => [[ref('1'), null], [], null, [ref('2'), ref('1')]],
          line: () => [ref('1'), ref('1'), ref('3')],
          empty: () => [],
        },
        Cell: { near: () => [[ref('4')], []] },
      },
    },
    {
      name: 'b',
      sdl: fed2('type Cell @key(fields: "id") { id: ID! value: Int tags: [[String]] }'),
      resolvers: {
        Cell: {
          __resolveReference: ({ id }: { id: string }) => ({ id, value: Number(id) * 10, tags: [[id, null], []] }),
        },
      },
    },
  ],
  cases: [
    { query: '{ grid { value } }', data: { grid: [[{ value: 10 }, null], [], null, [{ value: 20 }, { value: 10 }]] } },
    {
      query: '{ line { value id } empty { value } }',
      data: {
        line: [
          { value: 10, id: '1' },
          { value: 10, id: '1' },
          { value: 30, id: '3' },
        ],
        empty: [],
      },
    },
    {
      query: '{ line { tags near { value } } }',
      data: { line: ['1', '1', '3'].map((id) => ({ tags: [[id, null], []], near: [[{ value: 40 }], []] })) },
    },
  ],
}
