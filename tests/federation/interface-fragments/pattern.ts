import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** Fragments on one interface below another, with and without common types. */
const ships = [{ __typename: 'Ship', id: 's1', name: 'Alba', knots: 20 }]
const rafts = [{ __typename: 'Raft', id: 'r1', logs: 9 }]
const all = [...ships, ...rafts]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'harbour',
      sdl: fed2(`type Query { boats: [Boat] named: [Named] }
        interface Boat @key(fields: "id") { id: ID! } interface Named { name: String }
        type Ship implements Boat & Named @key(fields: "id") { id: ID! name: String knots: Int }
        type Raft implements Boat @key(fields: "id") { id: ID! logs: Int }
        type Buoy implements Named { name: String }`),
      resolvers: {
        Query: { boats: () => all, named: () => [...ships, { __typename: 'Buoy', name: 'No 5' }] },
        Boat: { __resolveReference: findBy(all, 'id') },
        Ship: { __resolveReference: findBy(ships, 'id') },
        Raft: { __resolveReference: findBy(rafts, 'id') },
      },
    },
    {
      name: 'watch',
      sdl: fed2(`type Query { sighted: [Boat] } type Boat @interfaceObject @key(fields: "id") { id: ID! seen: Int }`),
      resolvers: {
        Query: { sighted: () => [{ id: 'r1' }, { id: 's1' }] },
        Boat: { __resolveReference: (reference: object) => reference, seen: ({ id }: { id: string }) => id.length },
      },
    },
  ],
  cases: [
    {
      query: '{ sighted { ... on Named { name } } }',
      stockFails: 'its planner throws for a fragment on another interface below an interface object',
      data: { sighted: [{}, { name: 'Alba' }] },
    },
    {
      query: '{ sighted { seen ... on Named { name ... on Ship { knots } } } }',
      stockFails: 'its planner throws for a fragment on another interface below an interface object',
      data: { sighted: [{ seen: 2 }, { seen: 2, name: 'Alba', knots: 20 }] },
    },
    {
      query: '{ named { ... on Boat { seen ... on Raft { logs } } name } }',
      data: { named: [{ seen: 2, name: 'Alba' }, { name: 'No 5' }] },
    },
    { query: '{ named { ... on Boat { ... on Raft { logs } } } }', data: { named: [{}, {}] } },
  ],
}
