import { fed2, type Pattern } from '../harness/pattern.ts'

/** Aliases that take the names of keys, of `__typename`, of required fields and of one another. */
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(
        'type Query { row: Row rows: [Row] } type Row @key(fields: "id") { id: ID! name: String size: Int born: String }',
      ),
      resolvers: {
        Query: { row: () => row('1'), rows: () => [row('1'), row('2')] },
        Row: { __resolveReference: ({ id }: { id: string }) => row(id) },
      },
    },
    {
      name: 'b',
      sdl: fed2(
        'type Row @key(fields: "id") { id: ID! size: Int @external big: Boolean @requires(fields: "size") pick(n: Int): String }',
      ),
      resolvers: {
        Row: {
          __resolveReference: (reference: object) => reference,
          big: ({ size }: { size: number }) => size > 15,
          pick: ({ id }: { id: string }, { n }: { n: number }) => `${id}-${n}`,
        },
      },
    },
  ],
  cases: [
    {
      query: '{ row { id: born big } }',
      data: { row: { id: '1900', big: false } },
      stockFails: 'answers the alias with the key',
    },
    {
      query: '{ row { __typename: name pick(n: 1) } }',
      data: { row: { __typename: 'name 1', pick: '1-1' } },
      stockFails: 'answers the alias with the type',
    },
    {
      query: '{ row { size: name big } }',
      data: { row: { size: 'name 1', big: false } },
    },
    {
      query: '{ rows { a: pick(n: 1) b: pick(n: 2) pick(n: 3) } }',
      data: {
        rows: [
          { a: '1-1', b: '1-2', pick: '1-3' },
          { a: '2-1', b: '2-2', pick: '2-3' },
        ],
      },
    },
    {
      query: '{ row: rows { name: id } rows: row { big: name } }',
      data: { row: [{ name: '1' }, { name: '2' }], rows: { big: 'name 1' } },
    },
    {
      query: '{ row { name: born born: name big pick: id } }',
      data: { row: { name: '1900', born: 'name 1', big: false, pick: '1' } },
    },
  ],
}

function row(id: string): Record<string, unknown> {
  return { id, name: `name ${id}`, size: Number(id) * 10, born: '1900' }
}
