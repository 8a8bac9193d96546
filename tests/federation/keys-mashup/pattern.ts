import { fed2, type Pattern } from '../harness/pattern.ts'

/** One entity with five keys: compound, nested and plain. Each subgraph has some of them. */
const parts = [
  { id: 'a1', code: { id: 'c1', kind: 'k1' }, pair: { id: 'x1' }, name: 'one' },
  { id: 'a2', code: { id: 'c2', kind: 'k2' }, pair: { id: 'x2' }, name: 'two' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'left',
      sdl: fed2(`type Query { left: Set } type Set @key(fields: "id") { id: ID! }
        type Part @key(fields: "id") @key(fields: "pair { id }") @key(fields: "code { id kind }") @key(fields: "id code { id kind } pair { id }") {
          id: ID! name: String pair: Pair code: Code }
        type Pair { id: ID! @shareable } type Code { id: ID! @shareable kind: String @shareable }`),
      resolvers: {
        Query: { left: () => ({ id: 's1' }) },
        Part: {
          __resolveReference: (key: { id?: string; pair?: { id: string }; code?: { id: string } }) =>
            parts.find(
              (part) => part.id === key.id || part.pair.id === key.pair?.id || part.code.id === key.code?.id,
            ) ?? null,
        },
      },
    },
    {
      name: 'right',
      sdl: fed2(`type Query { right: Set } type Set @key(fields: "id") { id: ID! parts: [Part!]! }
        type Part @key(fields: "code { id kind } pair { id }") @key(fields: "id") { id: ID! code: Code pair: Pair nameRight: String }
        type Pair { id: ID! @shareable } type Code { id: ID! @shareable kind: String @shareable }`),
      resolvers: {
        Query: { right: () => ({ id: 's1', parts }) },
        Set: { __resolveReference: () => ({ id: 's1', parts }) },
        Part: {
          __resolveReference: (key: { id?: string; pair?: { id: string } }) =>
            parts.find((part) => part.id === key.id || part.pair.id === key.pair?.id) ?? null,
          nameRight: ({ name }: { name: string }) => `right ${name}`,
        },
      },
    },
    {
      name: 'third',
      sdl: fed2(
        'type Part @key(fields: "code { id kind }") { code: Code third: String } type Code { id: ID! @shareable kind: String @shareable }',
      ),
      resolvers: {
        Part: {
          __resolveReference: ({ code }: { code: { id: string; kind: string } }) => ({
            code,
            third: `${code.id}${code.kind}`,
          }),
        },
      },
    },
  ],
  cases: [
    {
      query: '{ right { id parts { id name nameRight } } }',
      data: {
        right: {
          id: 's1',
          parts: [
            { id: 'a1', name: 'one', nameRight: 'right one' },
            { id: 'a2', name: 'two', nameRight: 'right two' },
          ],
        },
      },
    },
    {
      query: '{ left { parts { third name } } }',
      data: {
        left: {
          parts: [
            { third: 'c1k1', name: 'one' },
            { third: 'c2k2', name: 'two' },
          ],
        },
      },
    },
    {
      query: '{ right { parts { code { kind } pair { id } } } }',
      data: {
        right: {
          parts: [
            { code: { kind: 'k1' }, pair: { id: 'x1' } },
            { code: { kind: 'k2' }, pair: { id: 'x2' } },
          ],
        },
      },
    },
  ],
}
