import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** A plan may use an inaccessible field as a key, but no client sees it. A value of a hidden type is null. */
const users = [{ id: 'u1', key: 'k1', age: 40, name: 'Ana' }]
const friends = [
  { __typename: 'Person', id: 'u1' },
  { __typename: 'Bot', id: 'z1' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'age',
      sdl: fed2(`type Query { users: [User] friends: [Friend] }
        type User @key(fields: "key") { key: ID! @inaccessible age: Int }
        union Friend = Person | Bot
        type Person { id: ID } type Bot @inaccessible { id: ID }`),
      resolvers: {
        Query: { users: () => users, friends: () => friends },
        User: { __resolveReference: findBy(users, 'key') },
      },
    },
    {
      name: 'names',
      sdl: fed2('type User @key(fields: "key") { key: ID! id: ID name: String secret: String @inaccessible }'),
      resolvers: { User: { __resolveReference: findBy(users, 'key') } },
    },
  ],
  cases: [
    { query: '{ users { age name } }', data: { users: [{ age: 40, name: 'Ana' }] } },
    { query: '{ users { id } }', data: { users: [{ id: 'u1' }] } },
    {
      query: '{ friends { ... on Person { id } } }',
      stockFails: 'answers null without an error',
      data: { friends: [{ id: 'u1' }, null] },
      errors: true,
      codes: ['NULL_FOR_NON_NULL'],
    },
    {
      query: '{ __type(name: "User") { fields { name } } }',
      data: { __type: { fields: [{ name: 'age' }, { name: 'id' }, { name: 'name' }] } },
    },
  ],
}
