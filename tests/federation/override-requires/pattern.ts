import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** A field that others require moved to another subgraph: the requirement follows it. */
const users = [{ id: 'u1', name: 'ana' }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'core',
      sdl: fed2(
        'type Query { user: User } type User @key(fields: "id") { id: ID! name: String full: String @override(from: "legacy") }',
      ),
      resolvers: {
        Query: { user: () => users[0] },
        User: { __resolveReference: findBy(users, 'id'), full: ({ name }: { name: string }) => `${name} (core)` },
      },
    },
    {
      name: 'legacy',
      sdl: fed2('type Query { old: User } type User @key(fields: "id") { id: ID! full: String age: Int }'),
      resolvers: {
        Query: { old: () => ({ id: 'u1', full: 'legacy', age: 9 }) },
        User: { __resolveReference: () => ({ full: 'legacy', age: 9 }) },
      },
    },
    {
      name: 'badges',
      sdl: fed2(
        'type User @key(fields: "id") { id: ID! full: String @external age: Int @external badge: String @requires(fields: "full age") }',
      ),
      resolvers: {
        User: {
          __resolveReference: (reference: object) => reference,
          badge: ({ full, age }: { full: string; age: number }) => `${full}, ${age}`,
        },
      },
    },
  ],
  cases: [
    { query: '{ user { full } }', data: { user: { full: 'ana (core)' } } },
    { query: '{ user { badge } }', data: { user: { badge: 'ana (core), 9' } } },
    { query: '{ old { badge full } }', data: { old: { badge: 'ana (core), 9', full: 'ana (core)' } } },
  ],
}
