import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** One entity, two subgraphs: the gateway asks the second for its field by the key. */
const pilots = [
  { id: 'P1', name: 'Amelia', license: 'L-1' },
  { id: 'P2', name: 'Bessie', license: 'L-2' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'crew',
      sdl: fed2(
        'type Query { pilot: Pilot pilots: [Pilot] } type Pilot @key(fields: "name") { name: ID! id: ID! @shareable }',
      ),
      resolvers: {
        Query: { pilot: () => pilots[0], pilots: () => pilots },
        Pilot: { __resolveReference: findBy(pilots, 'name') },
      },
    },
    {
      name: 'licences',
      sdl: fed2('type Pilot @key(fields: "name") { name: ID! license: String }'),
      resolvers: { Pilot: { __resolveReference: findBy(pilots, 'name') } },
    },
  ],
  cases: [
    { query: '{ pilot { id license } }', data: { pilot: { id: 'P1', license: 'L-1' } } },
    { query: '{ pilots { license } }', data: { pilots: [{ license: 'L-1' }, { license: 'L-2' }] } },
    {
      query: '{ a: pilot { l: license name } b: pilots { n: name } }',
      data: { a: { l: 'L-1', name: 'Amelia' }, b: [{ n: 'Amelia' }, { n: 'Bessie' }] },
    },
    {
      query: '{ pilots { license id name } }',
      data: {
        pilots: [
          { license: 'L-1', id: 'P1', name: 'Amelia' },
          { license: 'L-2', id: 'P2', name: 'Bessie' },
        ],
      },
    },
    {
      query: 'query ($who: Boolean = false) { pilot { license name @include(if: $who) } }',
      data: { pilot: { license: 'L-1' } },
    },
  ],
}
