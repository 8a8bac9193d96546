import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** The same field nullable here and required there, on entities and on the members of a union. */
const accounts = [
  {
    __typename: 'User',
    id: 'u1',
    name: 'Ana',
    similar: [
      { __typename: 'User', id: 'u1' },
      { __typename: 'Bot', id: 'b1' },
    ],
  },
  { __typename: 'Bot', id: 'b1', name: 'Hal', similar: [] },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2('type Query { users: [User!]! } type User @key(fields: "id") { id: ID @shareable name: String }'),
      resolvers: { Query: { users: () => [accounts[0]] }, User: { __resolveReference: findBy(accounts, 'id') } },
    },
    {
      name: 'b',
      sdl: fed2(`union Account = User | Bot type Query { accounts: [Account!]! }
        type User @key(fields: "id") { id: ID! similar: [Account!]! } type Bot { id: ID! name: String! similar: [Account!]! }`),
      resolvers: { Query: { accounts: () => accounts }, User: { __resolveReference: findBy(accounts, 'id') } },
    },
  ],
  cases: [
    { query: '{ users { id name } }', data: { users: [{ id: 'u1', name: 'Ana' }] } },
    {
      query: '{ accounts { ... on User { id name } ... on Bot { botId: id botName: name } } }',
      data: {
        accounts: [
          { id: 'u1', name: 'Ana' },
          { botId: 'b1', botName: 'Hal' },
        ],
      },
    },
    {
      query:
        '{ accounts { ... on User { id name similar { ... on User { id name } ... on Bot { bot: id } } } ... on Bot { bot: name } } }',
      data: {
        accounts: [{ id: 'u1', name: 'Ana', similar: [{ id: 'u1', name: 'Ana' }, { bot: 'b1' }] }, { bot: 'Hal' }],
      },
    },
  ],
}
