import { FOREIGN } from '../harness/judge.ts'
import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** The gateway asks a provider only for what the client asks for: its `notes` would throw. */
const plants = [
  { id: 'p1', name: 'fern', notes: 'shade', extra: 'x1' },
  { id: 'p2', name: 'moss', notes: 'damp', extra: 'x2' },
]
const refuse = () => {
  throw new Error(`${FOREIGN}: nobody asked for notes`)
}

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'owner',
      sdl: fed2(
        'type Plant @key(fields: "id") { id: ID! name: String! @shareable notes: String! @shareable extra: String! }',
      ),
      resolvers: { Plant: { __resolveReference: findBy(plants, 'id') } },
    },
    {
      name: 'provider',
      sdl: fed2(`type Query { plant: Plant @provides(fields: "name notes") plants: [Plant] @provides(fields: "name notes") }
        type Plant @key(fields: "id") { id: ID! name: String! @external notes: String! @external }`),
      resolvers: {
        Query: { plant: () => plants[0], plants: () => plants },
        Plant: { notes: refuse },
      },
    },
  ],
  cases: [
    { query: '{ plant { id } }', data: { plant: { id: 'p1' } } },
    { query: '{ plant { shown: name } }', data: { plant: { shown: 'fern' } } },
    { query: '{ plant { id ...N } } fragment N on Plant { name }', data: { plant: { id: 'p1', name: 'fern' } } },
    {
      query: '{ plants { name extra } }',
      data: {
        plants: [
          { name: 'fern', extra: 'x1' },
          { name: 'moss', extra: 'x2' },
        ],
      },
    },
    { query: '{ plant { id ... on Plant @skip(if: true) { notes } } }', data: { plant: { id: 'p1' } } },
    { query: '{ plant { id ... @include(if: false) { notes } } }', data: { plant: { id: 'p1' } } },
    { query: '{ plant { ... { name } ... { extra } } }', data: { plant: { name: 'fern', extra: 'x1' } } },
    {
      query: '{ plant { name notes } }',
      data: { plant: null },
      errors: true,
      codes: ['SUBGRAPH_ERROR'],
      paths: [['plant', 'notes']],
    },
  ],
}
