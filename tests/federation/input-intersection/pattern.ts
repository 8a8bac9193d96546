import { fed2, type Pattern } from '../harness/pattern.ts'

/** Input objects and arguments that differ: a client may use what all subgraphs accept. */
const echo = (_: unknown, { filter }: { filter: unknown }) => JSON.stringify(filter)

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'one',
      sdl: fed2(
        'type Query { one(filter: Filter!): String both(filter: Filter, limit: Int = 3): String @shareable } input Filter { first: Int! mode: String = "near" hidden: Int }',
      ),
      resolvers: { Query: { one: echo, both: (_: unknown, args: object) => JSON.stringify(args) } },
    },
    {
      name: 'two',
      sdl: fed2(
        'type Query { two(filter: Filter!): String both(filter: Filter, limit: Int = 3): String @shareable } input Filter { first: Int! mode: String = "near" }',
      ),
      resolvers: { Query: { two: echo, both: (_: unknown, args: object) => JSON.stringify(args) } },
    },
  ],
  cases: [
    { query: '{ one(filter: { first: 2 }) }', data: { one: '{"first":2,"mode":"near"}' } },
    {
      query: 'query ($f: Filter!) { one(filter: $f) two(filter: $f) }',
      variables: { f: { first: 5, mode: 'far' } },
      data: { one: '{"first":5,"mode":"far"}', two: '{"first":5,"mode":"far"}' },
    },
    {
      query: 'query ($n: Int = 4) { both(filter: { first: $n }) }',
      data: { both: '{"filter":{"first":4,"mode":"near"},"limit":3}' },
    },
  ],
}
