import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** An enum used in input and output must be equal in all subgraphs. An enum used only in output is the union. A hidden value is null. */
const users = [
  { id: 'u1', kind: 'HIDDEN', mood: 'GLAD' },
  { id: 'u2', kind: 'OPEN', mood: 'SAD' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'kinds',
      sdl: fed2(`type Query { users: [User] byKind(kind: Kind): [User] kindOf: Kind! @shareable }
        type User @key(fields: "id") { id: ID! kind: Kind mood: Mood @shareable }
        enum Kind { HIDDEN @inaccessible OPEN } enum Mood { GLAD }`),
      resolvers: {
        Query: {
          users: () => users,
          byKind: (_: unknown, { kind }: { kind: string }) => users.filter((user) => user.kind === kind),
          kindOf: () => 'HIDDEN',
        },
        User: { __resolveReference: findBy(users, 'id'), mood: () => 'GLAD' },
      },
    },
    {
      name: 'moods',
      sdl: fed2(
        'type Query { moody: [User] } type User @key(fields: "id") { id: ID! mood: Mood @shareable } enum Mood { GLAD SAD }',
      ),
      resolvers: { Query: { moody: () => users }, User: { __resolveReference: findBy(users, 'id') } },
    },
  ],
  cases: [
    {
      query: '{ users { id kind } }',
      stockFails: 'answers null without an error',
      data: {
        users: [
          { id: 'u1', kind: null },
          { id: 'u2', kind: 'OPEN' },
        ],
      },
      errors: true,
      paths: [['users', 0, 'kind']],
    },
    { query: '{ byKind(kind: OPEN) { id } }', data: { byKind: [{ id: 'u2' }] } },
    {
      query: 'query ($kind: Kind) { byKind(kind: $kind) { id kind } }',
      variables: { kind: 'OPEN' },
      data: { byKind: [{ id: 'u2', kind: 'OPEN' }] },
    },
    { query: '{ moody { mood } }', data: { moody: [{ mood: 'GLAD' }, { mood: 'SAD' }] } },
    {
      query: '{ kindOf }',
      stockFails: 'answers null without an error',
      data: null,
      errors: true,
      paths: [['kindOf']],
    },
  ],
}
