import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `@interfaceObject`: a subgraph adds fields to all implementations without knowing them, and roots return the interface. */
const accounts = [
  { __typename: 'Admin', id: 'a1', name: 'Ana', level: 2 },
  { __typename: 'Guest', id: 'a2', name: 'Gil', until: 'June' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'directory',
      sdl: fed2(`type Query { accounts: [Account] admin: Admin }
        interface Account @key(fields: "id") { id: ID! name: String }
        type Admin implements Account @key(fields: "id") { id: ID! name: String level: Int }
        type Guest implements Account @key(fields: "id") { id: ID! name: String until: String }`),
      resolvers: {
        Query: { accounts: () => accounts, admin: () => accounts[0] },
        Account: { __resolveReference: findBy(accounts, 'id') },
        Admin: { __resolveReference: findBy(accounts, 'id') },
        Guest: { __resolveReference: findBy(accounts, 'id') },
      },
    },
    {
      name: 'mail',
      sdl: fed2(
        'type Query { writers: [Account] } type Account @key(fields: "id") @interfaceObject { id: ID! letters: Int }',
      ),
      resolvers: {
        Query: {
          writers: () => [
            { id: 'a2', letters: 8 },
            { id: 'a1', letters: 7 },
          ],
        },
        Account: { __resolveReference: ({ id }: { id: string }) => ({ id, letters: id === 'a1' ? 7 : 8 }) },
      },
    },
    {
      name: 'status',
      sdl: fed2(
        'type Account @key(fields: "id") @interfaceObject { id: ID! active: Boolean! @shareable } type Query { one: Account }',
      ),
      resolvers: {
        Query: { one: () => ({ id: 'a1', active: true }) },
        Account: { __resolveReference: ({ id }: { id: string }) => ({ id, active: id === 'a1' }) },
      },
    },
  ],
  cases: [
    {
      query: '{ accounts { letters name } }',
      data: {
        accounts: [
          { letters: 7, name: 'Ana' },
          { letters: 8, name: 'Gil' },
        ],
      },
    },
    {
      query: '{ accounts { letters ... on Admin { level } active } }',
      data: {
        accounts: [
          { letters: 7, level: 2, active: true },
          { letters: 8, active: false },
        ],
      },
    },
    {
      query: '{ writers { id name } }',
      data: {
        writers: [
          { id: 'a2', name: 'Gil' },
          { id: 'a1', name: 'Ana' },
        ],
      },
    },
    { query: '{ writers { letters } }', data: { writers: [{ letters: 8 }, { letters: 7 }] } },
    {
      query: '{ writers { __typename letters } }',
      data: {
        writers: [
          { __typename: 'Guest', letters: 8 },
          { __typename: 'Admin', letters: 7 },
        ],
      },
    },
    {
      query: '{ writers { ... on Guest { until letters active } } }',
      stockFails: 'replaces the runtime type with the name of the interface object',
      data: { writers: [{ until: 'June', letters: 8, active: false }, {}] },
    },
    { query: '{ admin { letters active id } }', data: { admin: { letters: 7, active: true, id: 'a1' } } },
    {
      query: '{ one { active letters name __typename } }',
      data: { one: { active: true, letters: 7, name: 'Ana', __typename: 'Admin' } },
    },
    {
      query: '{ accounts { ... on Account { active } ... on Guest { kind: __typename } } }',
      data: { accounts: [{ active: true }, { active: false, kind: 'Guest' }] },
    },
  ],
}
