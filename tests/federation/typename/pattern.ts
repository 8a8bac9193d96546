import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `__typename` everywhere: at the root, aliased, on unions and interfaces, as the only field, twice, and on interface objects. */
const people = [
  { __typename: 'Admin', id: 'a1', name: 'Ana' },
  { __typename: 'Guest', id: 'g1', name: 'Gil' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'people',
      sdl: fed2(`type Query { people: [Person] first: First person: Person }
        union First = Admin | Guest
        interface Person @key(fields: "id") { id: ID! name: String }
        type Admin implements Person @key(fields: "id") { id: ID! name: String }
        type Guest implements Person @key(fields: "id") { id: ID! name: String }`),
      resolvers: {
        Query: { people: () => people, first: () => people[0], person: () => people[1] },
        Person: { __resolveReference: findBy(people, 'id') },
      },
    },
    {
      name: 'visits',
      sdl: fed2(
        'type Query { visitors: [Person] } type Person @key(fields: "id") @interfaceObject { id: ID! visits: Int }',
      ),
      resolvers: {
        Query: { visitors: () => [{ id: 'g1', visits: 3 }] },
        Person: { __resolveReference: ({ id }: { id: string }) => ({ id, visits: 9 }) },
      },
    },
  ],
  cases: [
    { query: '{ __typename }', data: { __typename: 'Query' } },
    {
      query: '{ a: __typename b: __typename first { __typename } }',
      data: { a: 'Query', b: 'Query', first: { __typename: 'Admin' } },
    },
    {
      query: '{ first { a: __typename ... on Admin { b: __typename name } } __typename }',
      data: { first: { a: 'Admin', b: 'Admin', name: 'Ana' }, __typename: 'Query' },
    },
    {
      query: '{ people { __typename __typename t: __typename } }',
      data: {
        people: [
          { __typename: 'Admin', t: 'Admin' },
          { __typename: 'Guest', t: 'Guest' },
        ],
      },
    },
    { query: '{ visitors { __typename } }', data: { visitors: [{ __typename: 'Guest' }] } },
    { query: '{ visitors { t: __typename visits } }', data: { visitors: [{ t: 'Guest', visits: 3 }] } },
    {
      query: '{ person { ... on Person { __typename } ... { visits } } }',
      data: { person: { __typename: 'Guest', visits: 9 } },
    },
    { query: '{ first { ... on Guest { __typename } } }', data: { first: {} } },
    {
      query: 'query { ...R } fragment R on Query { __typename first { ... on Admin { id } } }',
      data: { __typename: 'Query', first: { id: 'a1' } },
    },
  ],
}
