import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** Federation 2 with remains of Federation 1: `@external` on a key, `@extends`, an external field that a `@provides` uses. */
const users = [{ id: 'u1', rid: 'r1', name: 'Ana' }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(`type Query { randomUser: User providedRandomUser: User @provides(fields: "name") }
        type User @key(fields: "id") @extends { id: ID! @external name: String @external }`),
      resolvers: {
        Query: { randomUser: () => ({ id: 'u1' }), providedRandomUser: () => ({ id: 'u1', name: 'Provided' }) },
      },
    },
    {
      name: 'b',
      sdl: fed2(
        'type Query { userById(id: ID): User } type User @key(fields: "id") { id: ID! name: String @shareable rid: ID nick: String }',
      ),
      resolvers: {
        Query: { userById: (_: unknown, { id }: { id: string }) => users.find((user) => user.id === id) },
        User: { __resolveReference: findBy(users, 'id'), nick: ({ name }: { name: string }) => name.slice(0, 1) },
      },
    },
  ],
  cases: [
    { query: '{ randomUser { id name } }', data: { randomUser: { id: 'u1', name: 'Ana' } } },
    { query: '{ providedRandomUser { id name } }', data: { providedRandomUser: { id: 'u1', name: 'Provided' } } },
    {
      query: '{ providedRandomUser { nick name rid } }',
      data: { providedRandomUser: { nick: 'A', name: 'Provided', rid: 'r1' } },
    },
    { query: '{ userById(id: "u1") { id nick } }', data: { userById: { id: 'u1', nick: 'A' } } },
  ],
}
