import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** One path provides a field that a requirement requires, another path does not. Without the provision, the gateway asks the owner. */
const stones = [
  { id: 's1', carat: 2, next: 's2' },
  { id: 's2', carat: 9, next: 's1' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'shop',
      sdl: fed2(`type Query { window: [Stone] @provides(fields: "carat") stones: [Stone] }
        type Stone @key(fields: "id") { id: ID! carat: Int @external next: Stone
          size: String @requires(fields: "carat") }`),
      resolvers: {
        Query: {
          window: () => stones.map(({ id, carat }) => ({ id, carat: carat + 100 })),
          stones: () => stones.map(({ id }) => ({ id })),
        },
        Stone: {
          __resolveReference: (reference: object) => reference,
          next: ({ id }: { id: string }) => ({ id: stones.find((stone) => stone.id === id)?.next }),
          size: ({ carat }: { carat?: number }) => `${carat ?? 'no'} carat`,
        },
      },
    },
    {
      name: 'mine',
      sdl: fed2('type Stone @key(fields: "id") { id: ID! carat: Int @shareable }'),
      resolvers: { Stone: { __resolveReference: findBy(stones, 'id') } },
    },
    {
      name: 'insurance',
      sdl: fed2(`type Stone @key(fields: "id") { id: ID! size: String @external
        premium: String @requires(fields: "size") }`),
      resolvers: {
        Stone: {
          __resolveReference: (reference: object) => reference,
          premium: ({ size }: { size: string }) => `for ${size}`,
        },
      },
    },
  ],
  cases: [
    { query: '{ window { carat } }', data: { window: [{ carat: 102 }, { carat: 109 }] } },
    { query: '{ window { next { carat } } }', data: { window: [{ next: { carat: 9 } }, { next: { carat: 2 } }] } },
    {
      query: '{ stones { premium } }',
      stockFails: 'asks the shop for the carat although it is not provided, and computes the premium from nothing',
      data: { stones: [{ premium: 'for 2 carat' }, { premium: 'for 9 carat' }] },
    },
    {
      query: '{ window { next { premium } } }',
      stockFails: 'asks the shop for the carat although it is not provided, and computes the premium from nothing',
      data: { window: [{ next: { premium: 'for 9 carat' } }, { next: { premium: 'for 2 carat' } }] },
    },
  ],
}
