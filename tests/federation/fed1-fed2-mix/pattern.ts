import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** A Federation 1 subgraph beside one of Federation 2: value types are shared, an extension keeps its external key. */
const users = [{ id: 'u1', email: 'ana@example.org', place: { city: 'Tela' } }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'old',
      sdl: `type Query { user: User } type User @key(fields: "id") { id: ID! email: String place: Place }
        type Place { city: String }`,
      resolvers: { Query: { user: () => users[0] }, User: { __resolveReference: findBy(users, 'id') } },
    },
    {
      name: 'new',
      sdl: fed2(`type Query { me: User } extend type User @key(fields: "id") { id: ID! nick: String home: Place }
        type Place @shareable { city: String }`),
      resolvers: {
        Query: { me: () => ({ id: 'u1', nick: 'a', home: { city: 'Yoro' } }) },
        User: { __resolveReference: ({ id }: { id: string }) => ({ id, nick: 'a', home: { city: 'Yoro' } }) },
      },
    },
    {
      name: 'older',
      sdl: 'extend type User @key(fields: "id") { id: ID! @external email: String @external mailed: String @requires(fields: "email") letters: [Letter] } type Letter { to: User @provides(fields: "email") }',
      resolvers: {
        User: {
          __resolveReference: (reference: object) => reference,
          mailed: ({ email }: { email: string }) => `to ${email}`,
          letters: ({ id }: { id: string }) => [{ to: { id, email: 'provided@example.org' } }],
        },
      },
    },
  ],
  cases: [
    {
      query: '{ user { nick place { city } home { city } } }',
      data: { user: { nick: 'a', place: { city: 'Tela' }, home: { city: 'Yoro' } } },
    },
    { query: '{ me { email mailed } }', data: { me: { email: 'ana@example.org', mailed: 'to ana@example.org' } } },
    {
      query: '{ me { letters { to { email nick } } } }',
      data: { me: { letters: [{ to: { email: 'provided@example.org', nick: 'a' } }] } },
    },
  ],
}
