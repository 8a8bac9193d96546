import { fed2, type Pattern } from '../harness/pattern.ts'

/** Several keys, compound and plain, some of them not resolvable. The gateway uses only the resolvable ones. */
const rows = [
  { id: '1', sku: 's1', pack: 'p1', name: 'one' },
  { id: '2', sku: 's2', pack: 'p2', name: 'two' },
]
const find = (key: Record<string, string>) =>
  rows.find((row) => Object.entries(key).every(([k, v]) => k === '__typename' || row[k as 'id'] === v)) ?? null
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(
        'type Query { rows: [Row] } type Row @key(fields: "id") @key(fields: "sku pack", resolvable: false) { id: ID! sku: String pack: String name: String }',
      ),
      resolvers: { Query: { rows: () => rows }, Row: { __resolveReference: find } },
    },
    {
      name: 'b',
      sdl: fed2('type Query { bs: [Row] } type Row @key(fields: "sku pack") { sku: String pack: String b: String }'),
      resolvers: {
        Query: { bs: () => rows.map(({ sku, pack }) => ({ sku, pack, b: `b${sku}` })) },
        Row: { __resolveReference: ({ sku, pack }: Record<string, string>) => ({ sku, pack, b: `b${sku}${pack}` }) },
      },
    },
    {
      name: 'c',
      sdl: fed2(
        'type Query { cs: [Row] } type Row @key(fields: "id") @key(fields: "sku pack", resolvable: false) { id: ID! sku: String @external pack: String @external c: String }',
      ),
      resolvers: {
        Query: { cs: () => rows.map(({ id }) => ({ id, c: `c${id}` })) },
        Row: { __resolveReference: ({ id }: Record<string, string>) => ({ id, c: `c${id}` }) },
      },
    },
    {
      name: 'd',
      sdl: fed2(
        'type Query { ds: [Row] } type Row @key(fields: "sku pack") @key(fields: "id") { id: ID! sku: String pack: String d: String }',
      ),
      resolvers: {
        Query: { ds: () => rows.map((row) => ({ ...row, d: 'd' })) },
        Row: { __resolveReference: (key: Record<string, string>) => ({ ...find(key), d: 'd' }) },
      },
    },
  ],
  cases: [
    {
      query: '{ rows { b c d } }',
      data: {
        rows: [
          { b: 'bs1p1', c: 'c1', d: 'd' },
          { b: 'bs2p2', c: 'c2', d: 'd' },
        ],
      },
    },
    {
      query: '{ bs { b name c d } }',
      data: {
        bs: [
          { b: 'bs1', name: 'one', c: 'c1', d: 'd' },
          { b: 'bs2', name: 'two', c: 'c2', d: 'd' },
        ],
      },
    },
    {
      query: '{ cs { b name d sku } }',
      data: {
        cs: [
          { b: 'bs1p1', name: 'one', d: 'd', sku: 's1' },
          { b: 'bs2p2', name: 'two', d: 'd', sku: 's2' },
        ],
      },
    },
    {
      query: '{ ds { b name c } }',
      data: {
        ds: [
          { b: 'bs1p1', name: 'one', c: 'c1' },
          { b: 'bs2p2', name: 'two', c: 'c2' },
        ],
      },
    },
  ],
}
