import { fed2, type Pattern } from '../harness/pattern.ts'

/** Keys with nested selections and lists: `wagons { number axle { id } }` identifies the train. */
const axle = (id: string) => ({ id, load: `${id}-load` })
const wagons = [
  { number: 7, axle: axle('x7'), cargo: 'corn' },
  { number: 8, axle: axle('x8'), cargo: 'salt' },
]

interface TrainKey {
  readonly wagons: readonly { readonly number: number; readonly axle: { readonly id: string } }[]
}

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'yard',
      sdl: fed2(`
        type Query { train: Train }
        type Train @key(fields: "wagons { number axle { id } }") { wagons: [Wagon!]! }
        type Wagon @key(fields: "number axle { id }") { number: Int! axle: Axle! }
        type Axle @key(fields: "id") { id: ID! }`),
      resolvers: { Query: { train: () => ({ wagons }) } },
    },
    {
      name: 'cargo',
      sdl: fed2(`
        type Train @key(fields: "wagons { number axle { id } }") {
          wagons: [Wagon!]! @external first: Wagon! last: Wagon! @shareable }
        type Wagon @key(fields: "number axle { id }") { number: Int! axle: Axle! cargo: String }
        type Axle @key(fields: "id") { id: ID! load: String @shareable }`),
      resolvers: {
        Train: {
          __resolveReference: ({ wagons: keys }: TrainKey) => ({ first: keys[0], last: keys.at(-1) }),
        },
        Wagon: {
          __resolveReference: (key: TrainKey['wagons'][number]) => key,
          cargo: ({ number, axle: { id } }: TrainKey['wagons'][number]) =>
            wagons.find((wagon) => wagon.number === number && wagon.axle.id === id)?.cargo,
        },
        Axle: {
          __resolveReference: ({ id }: { id: string }) => axle(id),
          load: ({ id }: { id: string }) => axle(id).load,
        },
      },
    },
  ],
  cases: [
    {
      query: '{ train { first { number cargo } last { cargo axle { load } } } }',
      data: { train: { first: { number: 7, cargo: 'corn' }, last: { cargo: 'salt', axle: { load: 'x8-load' } } } },
    },
    {
      query: '{ train { wagons { cargo axle { load id } number } } }',
      data: {
        train: {
          wagons: [
            { cargo: 'corn', axle: { load: 'x7-load', id: 'x7' }, number: 7 },
            { cargo: 'salt', axle: { load: 'x8-load', id: 'x8' }, number: 8 },
          ],
        },
      },
    },
  ],
}
