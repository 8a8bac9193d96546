import { fed2, type Pattern } from '../harness/pattern.ts'

/** Four keys of one entity. Each subgraph can be asked by only one of them, and each asks for a part that the other has. */
const parts = [
  { id: '1', serial: 's1', code: { maker: 'm1', series: 'r1', lot: 'l1' }, name: 'bolt' },
  { id: '2', serial: 's2', code: { maker: 'm2', series: 'r2', lot: 'l2' }, name: 'nut' },
]
const withoutName = ({ name: _, ...part }: (typeof parts)[number]) => part

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'catalogue',
      sdl: fed2(`type Part @key(fields: "id", resolvable: true) @key(fields: "serial", resolvable: false)
          @key(fields: "code { maker series }", resolvable: false) @key(fields: "id code { series lot }", resolvable: false) {
          id: ID! serial: ID! code: Code! name: String! }
        type Code { maker: ID! @shareable series: ID! @shareable lot: ID! @shareable }`),
      resolvers: {
        Part: { __resolveReference: ({ id }: { id: string }) => parts.find((part) => part.id === id) ?? null },
      },
    },
    {
      name: 'boxes',
      sdl: fed2(`type Query { box: Box }
        type Box @key(fields: "id") { id: ID! parts: [Part!]! }
        type Part @key(fields: "code { maker series }", resolvable: false) @key(fields: "id code { series lot }", resolvable: true)
          @key(fields: "serial", resolvable: false) @key(fields: "id", resolvable: false) {
          id: ID! serial: ID! code: Code! name: String! @external label: String! @requires(fields: "name") }
        type Code { maker: ID! @shareable series: ID! @shareable lot: ID! @shareable }`),
      resolvers: {
        Query: { box: () => ({ id: '100', parts: parts.map(withoutName) }) },
        Box: { __resolveReference: ({ id }: { id: string }) => ({ id, parts: parts.map(withoutName) }) },
        Part: {
          __resolveReference: (key: { id: string; name?: string }) => {
            const part = parts.find(({ id }) => id === key.id)
            return part ? { ...withoutName(part), name: key.name } : null
          },
          label: ({ name }: { name?: string }) => {
            if (name === undefined) throw new Error('FOREIGN WORDS: no name')
            return `box of ${name}`
          },
        },
      },
    },
  ],
  cases: [
    {
      query: '{ box { id parts { id name label } } }',
      data: {
        box: {
          id: '100',
          parts: [
            { id: '1', name: 'bolt', label: 'box of bolt' },
            { id: '2', name: 'nut', label: 'box of nut' },
          ],
        },
      },
      stockFails: 'comes back by a key that does not resolve',
    },
    {
      query: '{ box { parts { label } } }',
      data: { box: { parts: [{ label: 'box of bolt' }, { label: 'box of nut' }] } },
      stockFails: 'comes back by a key that does not resolve',
    },
    { query: '{ box { parts { name } } }', data: { box: { parts: [{ name: 'bolt' }, { name: 'nut' }] } } },
    {
      query: '{ box { parts { serial code { lot } } } }',
      data: {
        box: {
          parts: [
            { serial: 's1', code: { lot: 'l1' } },
            { serial: 's2', code: { lot: 'l2' } },
          ],
        },
      },
    },
  ],
}
