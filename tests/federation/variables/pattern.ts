import { fed2, type Pattern } from '../harness/pattern.ts'

/** Variables are coerced once, defaults of variables and of arguments filled in, and each subgraph gets what it uses. */
const echo = (_: unknown, args: object) => JSON.stringify(args)

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(`scalar Json enum Mood { GLAD SAD } input In { n: Int = 7 list: [Int!] moods: [Mood!] = [GLAD] deep: In }
        type Query { a(in: In, json: Json, n: Int = 3, f: Float, id: ID, on: Boolean, mood: Mood = SAD, list: [[Int]]): String row: Row } type Row @key(fields: "id") { id: ID! }`),
      resolvers: { Query: { a: echo, row: () => ({ id: 'r1' }) } },
    },
    {
      name: 'b',
      sdl: fed2('type Row @key(fields: "id") { id: ID! b(n: Int = 9, name: String): String }'),
      resolvers: { Row: { __resolveReference: ({ id }: { id: string }) => ({ id }), b: echo } },
    },
  ],
  cases: [
    { query: '{ a }', data: { a: '{"n":3,"mood":"SAD"}' } },
    { query: 'query ($n: Int) { a(n: $n) }', data: { a: '{"n":3,"mood":"SAD"}' } },
    { query: 'query ($n: Int) { a(n: $n) }', variables: { n: null }, data: { a: '{"n":null,"mood":"SAD"}' } },
    {
      query: 'query ($in: In!) { a(in: $in) }',
      variables: { in: { list: 4, deep: { n: 1 } } },
      data: { a: '{"in":{"n":7,"list":[4],"moods":["GLAD"],"deep":{"n":1,"moods":["GLAD"]}},"n":3,"mood":"SAD"}' },
    },
    {
      query: 'query ($l: [[Int]]) { a(list: $l) }',
      variables: { l: [1, [2, null]] },
      data: { a: '{"n":3,"mood":"SAD","list":[[1],[2,null]]}' },
    },
    {
      query: 'query ($f: Float, $id: ID) { a(f: $f, id: $id, on: true) }',
      variables: { f: 2, id: 5 },
      data: { a: '{"n":3,"f":2,"id":"5","on":true,"mood":"SAD"}' },
    },
    {
      query: 'query ($j: Json) { a(json: $j) }',
      variables: { j: { a: [1, null, { b: 'x' }] } },
      data: { a: '{"json":{"a":[1,null,{"b":"x"}]},"n":3,"mood":"SAD"}' },
    },
    {
      query: 'query ($n: Int = 1, $s: String) { a(n: $n) row { b(n: $n, name: $s) c: b } }',
      variables: { s: 'q"' },
      data: { a: '{"n":1,"mood":"SAD"}', row: { b: '{"n":1,"name":"q\\""}', c: '{"n":9}' } },
    },
    { query: 'query ($n: Int!) { a(n: $n) }', data: undefined, errors: true, codes: ['BAD_USER_INPUT'] },
    {
      query: 'query ($n: Int) { a(n: $n) }',
      variables: { n: 'x' },
      data: undefined,
      errors: true,
      codes: ['BAD_USER_INPUT'],
    },
  ],
}
