import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** A required field that itself requires another: three fetches, two of them to one subgraph. */
const boats = [{ id: 'b1', price: 40, hull: 'oak' }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'sales',
      sdl: fed2(
        'type Boat @key(fields: "id") { id: ID! hasDiscount: Boolean @requires(fields: "price") price: Int @external }',
      ),
      resolvers: {
        Boat: {
          __resolveReference: (reference: object) => reference,
          hasDiscount: ({ price }: { price: number }) => price < 50,
        },
      },
    },
    {
      name: 'prices',
      sdl: fed2('type Query { boat: Boat } type Boat @key(fields: "id") { id: ID! price: Int hull: String }'),
      resolvers: { Query: { boat: () => boats[0] }, Boat: { __resolveReference: findBy(boats, 'id') } },
    },
    {
      name: 'loans',
      sdl: fed2(`type Boat @key(fields: "id") { id: ID! hasDiscount: Boolean @external
        canAfford: Boolean @requires(fields: "hasDiscount") twice: Boolean @requires(fields: "hasDiscount") }`),
      resolvers: {
        Boat: {
          __resolveReference: (reference: object) => reference,
          canAfford: ({ hasDiscount }: { hasDiscount: boolean }) => hasDiscount,
          twice: ({ hasDiscount }: { hasDiscount: boolean }) => !hasDiscount,
        },
      },
    },
    {
      name: 'advice',
      sdl: fed2(`type Boat @key(fields: "id") { id: ID! canAfford: Boolean @external hull: String @external
        advice: String @requires(fields: "canAfford hull") }`),
      resolvers: {
        Boat: {
          __resolveReference: (reference: object) => reference,
          advice: ({ canAfford, hull }: { canAfford: boolean; hull: string }) =>
            `${canAfford ? 'buy' : 'leave'} ${hull}`,
        },
      },
    },
  ],
  cases: [
    { query: '{ boat { hasDiscount } }', data: { boat: { hasDiscount: true } } },
    { query: '{ boat { canAfford } }', data: { boat: { canAfford: true } } },
    { query: '{ boat { canAfford twice } }', data: { boat: { canAfford: true, twice: false } } },
    { query: '{ boat { advice } }', data: { boat: { advice: 'buy oak' } } },
    {
      query: '{ boat { advice price twice hasDiscount canAfford id } }',
      data: { boat: { advice: 'buy oak', price: 40, twice: false, hasDiscount: true, canAfford: true, id: 'b1' } },
    },
    {
      query: '{ a: boat { advice } b: boat { canAfford } c: boat { price } }',
      data: { a: { advice: 'buy oak' }, b: { canAfford: true }, c: { price: 40 } },
    },
  ],
}
