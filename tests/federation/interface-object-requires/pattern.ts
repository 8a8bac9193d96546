import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `@requires` on an interface object: another subgraph has the required field on each implementation. */
const people = [
  { __typename: 'Doctor', id: 'd1', name: 'Ana', born: 1980 },
  { __typename: 'Nurse', id: 'n1', name: 'Eva', born: 1990 },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'staff',
      sdl: fed2(`type Query { staff: [Staff] any: Staff }
        interface Staff @key(fields: "id") { id: ID! name: String born: Int }
        type Doctor implements Staff @key(fields: "id") { id: ID! name: String born: Int }
        type Nurse implements Staff @key(fields: "id") { id: ID! name: String born: Int }`),
      resolvers: {
        Query: { staff: () => people, any: () => people[1] },
        Staff: { __resolveReference: findBy(people, 'id') },
        Doctor: { __resolveReference: findBy(people, 'id') },
        Nurse: { __resolveReference: findBy(people, 'id') },
      },
    },
    {
      name: 'payroll',
      sdl: fed2(`type Query { paid: [Staff] }
        type Staff @key(fields: "id") @interfaceObject { id: ID! name: String @external born: Int @external
          label: String @requires(fields: "name") retires: Int @requires(fields: "born") }`),
      resolvers: {
        Query: { paid: () => [{ id: 'n1' }, { id: 'd1' }] },
        Staff: {
          __resolveReference: (reference: object) => reference,
          label: ({ name }: { name: string }) => name.toUpperCase(),
          retires: ({ born }: { born: number }) => born + 65,
        },
      },
    },
  ],
  cases: [
    { query: '{ staff { label } }', data: { staff: [{ label: 'ANA' }, { label: 'EVA' }] } },
    {
      query: '{ paid { label id } }',
      data: {
        paid: [
          { label: 'EVA', id: 'n1' },
          { label: 'ANA', id: 'd1' },
        ],
      },
    },
    {
      query: '{ paid { ... on Doctor { retires } __typename } }',
      data: { paid: [{ __typename: 'Nurse' }, { retires: 2045, __typename: 'Doctor' }] },
    },
    {
      query: '{ any { ... on Nurse { retires label born } } }',
      data: { any: { retires: 2055, label: 'EVA', born: 1990 } },
    },
    {
      query: '{ paid { retires name } }',
      data: {
        paid: [
          { retires: 2055, name: 'Eva' },
          { retires: 2045, name: 'Ana' },
        ],
      },
    },
  ],
}
