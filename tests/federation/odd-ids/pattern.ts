import { fed2, type Pattern } from '../harness/pattern.ts'

/** Keys with quotes, backslashes, newlines, other scripts, empty keys, and names of prototype members all arrive unchanged. */
const ids = [
  'a"b',
  "it's",
  'back\\slash',
  'new\nline',
  '',
  ' ',
  'ñandú 🐦',
  '漢字',
  '__proto__',
  'constructor',
  '{"id":1}',
  '$id',
  '0',
  '١٢',
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2('type Query { rows: [Row] row(id: ID!): Row } type Row @key(fields: "id") { id: ID! }'),
      resolvers: {
        Query: { rows: () => ids.map((id) => ({ id })), row: (_: unknown, { id }: { id: string }) => ({ id }) },
      },
    },
    {
      name: 'b',
      sdl: fed2('type Row @key(fields: "id") { id: ID! echo: String }'),
      resolvers: { Row: { __resolveReference: ({ id }: { id: string }) => ({ id, echo: `<${id}>` }) } },
    },
  ],
  cases: [
    { query: '{ rows { echo id } }', data: { rows: ids.map((id) => ({ echo: `<${id}>`, id })) } },
    ...ids.map((id) => ({
      query: 'query ($id: ID!) { row(id: $id) { id echo } }',
      variables: { id },
      data: { row: { id, echo: `<${id}>` } },
    })),
    { query: '{ row(id: "q\\"\\u00e9\\n") { echo } }', data: { row: { echo: '<q"é\n>' } } },
    { query: '{ row(id: 7) { echo id } }', data: { row: { echo: '<7>', id: '7' } } },
  ],
}
