import { findBy, type Pattern } from '../harness/pattern.ts'

/** Federation 1 only: `extend type`, `@extends`, `@external` keys and required fields, no `@link`. */
const users = [{ id: 'u1', rid: 'r1', name: 'Ana' }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: 'extend type Query { randomUser: User } extend type User @key(fields: "id") { id: ID! @external name: String @external hello: String @requires(fields: "name") }',
      resolvers: {
        Query: { randomUser: () => ({ id: 'u1' }) },
        User: {
          __resolveReference: (reference: object) => reference,
          hello: ({ name }: { name: string }) => `hello ${name}`,
        },
      },
    },
    {
      name: 'b',
      sdl: 'extend type Query { userById(id: ID): User } type User @key(fields: "id") { id: ID! rid: ID name: String }',
      resolvers: {
        Query: { userById: (_: unknown, { id }: { id: string }) => users.find((user) => user.id === id) },
        User: { __resolveReference: findBy(users, 'id') },
      },
    },
    {
      name: 'c',
      sdl: 'type User @extends @key(fields: "id") { id: ID! @external badge: String }',
      resolvers: { User: { __resolveReference: ({ id }: { id: string }) => ({ id, badge: `badge ${id}` }) } },
    },
  ],
  cases: [
    { query: '{ randomUser { id rid } }', data: { randomUser: { id: 'u1', rid: 'r1' } } },
    { query: '{ randomUser { name badge } }', data: { randomUser: { name: 'Ana', badge: 'badge u1' } } },
    {
      query: '{ userById(id: "u1") { hello name id } }',
      data: { userById: { hello: 'hello Ana', name: 'Ana', id: 'u1' } },
    },
    {
      query: '{ a: randomUser { hello } b: userById(id: "u9") { name } }',
      data: { a: { hello: 'hello Ana' }, b: null },
    },
  ],
}
