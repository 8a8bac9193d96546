import { fed2, type Pattern } from '../harness/pattern.ts'

/** An executable directive that all subgraphs define is accepted in operations and reaches the subgraphs. */
const DIRECTIVE = 'directive @trace(label: String = "none", level: Level! = LOW) on FIELD enum Level { LOW HIGH }'

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(`${DIRECTIVE} type Query { a: String row: Row } type Row @key(fields: "id") { id: ID! }`),
      resolvers: { Query: { a: () => 'a', row: () => ({ id: '1' }) } },
    },
    {
      name: 'b',
      sdl: fed2(`${DIRECTIVE} type Query { b: String } type Row @key(fields: "id") { id: ID! c: String }`),
      resolvers: { Query: { b: () => 'b' }, Row: { __resolveReference: ({ id }: { id: string }) => ({ id, c: 'c' }) } },
    },
  ],
  cases: [
    { query: '{ a @trace b @trace(label: "x") }', data: { a: 'a', b: 'b' } },
    {
      query: 'query ($l: String, $v: Level!) { row { c @trace(label: $l, level: $v) id } }',
      variables: { l: 'y', v: 'HIGH' },
      data: { row: { c: 'c', id: '1' } },
    },
  ],
}
