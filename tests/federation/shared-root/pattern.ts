import { fed2, type Pattern, type Subgraph } from '../harness/pattern.ts'

/** The same root fields in three subgraphs, values without keys: each subgraph answers a part, and the gateway merges the parts. */
const part = (name: string, field: string, values: readonly string[]): Subgraph => ({
  name,
  sdl: fed2(`
    type Query { island: Island @shareable islands: [Island] @shareable }
    type Island { id: ID! @shareable ${field}: ${field === 'coast' ? 'Coast' : 'String'} }
    ${field === 'coast' ? 'type Coast { length: String @shareable }' : ''}`),
  resolvers: {
    Query: {
      island: () => island(field, values, 0),
      islands: () => values.map((_, i) => island(field, values, i)),
    },
  },
})

const island = (field: string, values: readonly string[], i: number): Record<string, unknown> => ({
  id: `i${i}`,
  [field]: field === 'coast' ? { length: values[i] } : values[i],
})

export const pattern: Pattern = {
  subgraphs: [
    part('names', 'name', ['Roatán', 'Utila']),
    part('coasts', 'coast', ['long', 'short']),
    part('flags', 'flag', ['blue', 'white']),
  ],
  cases: [
    {
      query: '{ island { id name coast { length } flag } }',
      data: { island: { id: 'i0', name: 'Roatán', coast: { length: 'long' }, flag: 'blue' } },
    },
    { query: '{ island { flag } }', data: { island: { flag: 'blue' } } },
    {
      query: '{ islands { flag id coast { length } name } }',
      data: {
        islands: [
          { flag: 'blue', id: 'i0', coast: { length: 'long' }, name: 'Roatán' },
          { flag: 'white', id: 'i1', coast: { length: 'short' }, name: 'Utila' },
        ],
      },
    },
    {
      query: '{ one: islands { name flag } two: islands { coast { l: length } } }',
      data: {
        one: [
          { name: 'Roatán', flag: 'blue' },
          { name: 'Utila', flag: 'white' },
        ],
        two: [{ coast: { l: 'long' } }, { coast: { l: 'short' } }],
      },
    },
  ],
}
