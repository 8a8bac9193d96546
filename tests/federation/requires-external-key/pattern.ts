import { fed2, type Pattern } from '../harness/pattern.ts'

/** Two subgraphs have different keys for an entity. One of them has the other's key only as a required field. */
const tours = [
  { id: 't1', stop: { x: 1, y: 2 }, guide: 'g1' },
  { id: 't2', stop: { x: 3, y: 4 }, guide: 'g2' },
]
const names: Readonly<Record<string, string>> = { g1: 'Ana', g2: 'Luz' }

interface Reference {
  readonly id?: string
  readonly stop?: { readonly x: number; readonly y: number }
}

function find({ id, stop }: Reference) {
  return tours.find((tour) => (stop ? tour.stop.x === stop.x && tour.stop.y === stop.y : tour.id === id))
}

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'map',
      sdl: fed2(`type Query { tours: [Tour] }
        type Tour @key(fields: "stop { x y }") { stop: Stop! id: ID! @external guide: Guide
          label: String @requires(fields: "id") }
        type Stop { x: Int! @shareable y: Int! @shareable } type Guide @key(fields: "id") { id: ID! }`),
      resolvers: {
        Query: { tours: () => tours.map(({ stop }) => ({ stop })) },
        Tour: {
          __resolveReference: (reference: object) => reference,
          guide: (reference: Reference) => ({ id: find(reference)?.guide }),
          label: ({ id }: Reference) => `tour ${id}`,
        },
      },
    },
    {
      name: 'booking',
      sdl: fed2(`type Tour @key(fields: "id") @key(fields: "stop { x y }") { id: ID! stop: Stop! guide: Guide @external
          badge: String @requires(fields: "guide { name }") }
        type Stop { x: Int! @shareable y: Int! @shareable } type Guide @key(fields: "id") { id: ID! name: String }`),
      resolvers: {
        Tour: {
          __resolveReference: (reference: Reference) => ({ ...find(reference), ...reference }),
          badge: ({ id, guide }: { id: string; guide: { name: string } }) => `${guide.name} leads ${id}`,
        },
        Guide: {
          __resolveReference: (reference: object) => reference,
          name: ({ id, name }: { id: string; name?: string }) => name ?? names[id],
        },
      },
    },
  ],
  cases: [
    { query: '{ tours { label } }', data: { tours: [{ label: 'tour t1' }, { label: 'tour t2' }] } },
    {
      query: '{ tours { badge } }',
      stockFails: 'asks the map for the id, which is external there',
      data: { tours: [{ badge: 'Ana leads t1' }, { badge: 'Luz leads t2' }] },
    },
    {
      query: '{ tours { badge label id stop { y } } }',
      stockFails: 'asks the map for the id, which is external there',
      data: {
        tours: [
          { badge: 'Ana leads t1', label: 'tour t1', id: 't1', stop: { y: 2 } },
          { badge: 'Luz leads t2', label: 'tour t2', id: 't2', stop: { y: 4 } },
        ],
      },
    },
  ],
}
