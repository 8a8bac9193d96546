import { fed2, type Pattern } from '../harness/pattern.ts'

/** Another subgraph has a field of a value type: the gateway asks that subgraph for the parent entity. */
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2('type Query { ships: [Ship] } type Ship @key(fields: "imo flag") { imo: ID! flag: String } '),
      resolvers: {
        Query: {
          ships: () => [
            { imo: 'i1', flag: 'PA' },
            { imo: 'i2', flag: 'HN' },
          ],
        },
      },
    },
    {
      name: 'b',
      sdl: fed2(
        'type Ship @key(fields: "imo flag") { imo: ID! flag: String hull: Hull @shareable } type Hull { steel: String @shareable kind: String }',
      ),
      resolvers: {
        Ship: {
          __resolveReference: ({ imo, flag }: Record<string, string>) => ({
            imo,
            flag,
            hull: { steel: 'thick', kind: `${flag} kind` },
          }),
        },
      },
    },
    {
      name: 'c',
      sdl: fed2(
        'type Ship @key(fields: "imo flag") { imo: ID! flag: String hull: Hull @shareable crew: Int } type Hull { paint: String @shareable steel: String @shareable }',
      ),
      resolvers: {
        Ship: {
          __resolveReference: ({ imo, flag }: Record<string, string>) => ({
            imo,
            flag,
            crew: 9,
            hull: { paint: `${imo} red`, steel: 'thick' },
          }),
        },
      },
    },
  ],
  cases: [
    {
      query: '{ ships { hull { kind paint } } }',
      data: { ships: [{ hull: { kind: 'PA kind', paint: 'i1 red' } }, { hull: { kind: 'HN kind', paint: 'i2 red' } }] },
    },
    {
      query: '{ ships { crew hull { steel paint kind } imo } }',
      data: {
        ships: [
          { crew: 9, hull: { steel: 'thick', paint: 'i1 red', kind: 'PA kind' }, imo: 'i1' },
          { crew: 9, hull: { steel: 'thick', paint: 'i2 red', kind: 'HN kind' }, imo: 'i2' },
        ],
      },
    },
  ],
}
