import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** A Relay `Node` interface that several subgraphs implement, some without the field that returns it. */
const chats = [{ __typename: 'Chat', id: 'c1', text: 'hola', account: 'a1' }]
const accounts = [{ __typename: 'Account', id: 'a1', username: 'ana', chat: 'c1' }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'accounts',
      sdl: fed2(`type Query { node(id: ID!): Node account(id: ID!): Account } interface Node { id: ID! }
        type Account implements Node @key(fields: "id") { id: ID! username: String }
        type Chat implements Node @key(fields: "id") { id: ID! account: Account! }`),
      resolvers: {
        Query: {
          node: (_: unknown, { id }: { id: string }) => [...accounts, ...chats].find((row) => row.id === id),
          account: () => accounts[0],
        },
        Account: { __resolveReference: findBy(accounts, 'id') },
        Chat: { __resolveReference: findBy(chats, 'id'), account: () => accounts[0] },
      },
    },
    {
      name: 'chats',
      sdl: fed2(`type Query { chat(id: ID!): Chat } interface Node { id: ID! }
        type Account implements Node @key(fields: "id") { id: ID! chats: [Chat!]! }
        type Chat implements Node @key(fields: "id") { id: ID! text: String }`),
      resolvers: {
        Query: { chat: () => chats[0] },
        Account: { __resolveReference: ({ id }: { id: string }) => ({ id, chats }) },
        Chat: { __resolveReference: findBy(chats, 'id') },
      },
    },
  ],
  cases: [
    {
      query: '{ account(id: "a1") { id username chats { id text account { id username } } } }',
      data: {
        account: {
          id: 'a1',
          username: 'ana',
          chats: [{ id: 'c1', text: 'hola', account: { id: 'a1', username: 'ana' } }],
        },
      },
    },
    {
      query: '{ chat(id: "c1") { id text account { chats { id } } } }',
      data: { chat: { id: 'c1', text: 'hola', account: { chats: [{ id: 'c1' }] } } },
    },
    {
      query: '{ node(id: "c1") { id ... on Chat { text } ... on Account { username } } }',
      data: { node: { id: 'c1', text: 'hola' } },
    },
    {
      query: '{ a: node(id: "a1") { __typename ... on Account { chats { text } } } b: node(id: "zz") { id } }',
      data: { a: { __typename: 'Account', chats: [{ text: 'hola' }] }, b: null },
    },
  ],
}
