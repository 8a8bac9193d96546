import { FOREIGN } from '../harness/judge.ts'
import { fed2, type Pattern } from '../harness/pattern.ts'

/** If a subgraph cannot answer, only its fields are null. The errors have the places, and only messages of our registry. */
const fail = () => {
  throw new Error(`${FOREIGN}: select * from secrets at 10.0.0.1`)
}

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(
        'type Query { rows: [Row] whole: String boom: String must: String! } type Row @key(fields: "id") { id: ID! name: String bad: String }',
      ),
      resolvers: {
        Query: {
          rows: () => [
            { id: '1', name: 'x' },
            { id: '2', name: 'y' },
          ],
          whole: () => 'ok',
          boom: fail,
          must: fail,
        },
        Row: { bad: ({ id }: { id: string }) => (id === '2' ? fail() : 'fine') },
      },
    },
    {
      name: 'b',
      sdl: fed2('type Row @key(fields: "id") { id: ID! far: String farMust: String! list: [String!] }'),
      resolvers: {
        Row: {
          __resolveReference: ({ id }: { id: string }) => ({ id, far: `far ${id}`, list: ['a', null] }),
          farMust: ({ id }: { id: string }) => (id === '1' ? fail() : 'must'),
        },
      },
    },
    {
      name: 'down',
      sdl: fed2('type Query { gone: String } type Row @key(fields: "id") { id: ID! lost: String }'),
      resolvers: { Query: { gone: fail }, Row: { __resolveReference: fail } },
    },
  ],
  cases: [
    {
      query: '{ whole boom }',
      data: { whole: 'ok', boom: null },
      errors: true,
      codes: ['SUBGRAPH_ERROR'],
      paths: [['boom']],
    },
    {
      query: '{ rows { bad name } }',
      data: {
        rows: [
          { bad: 'fine', name: 'x' },
          { bad: null, name: 'y' },
        ],
      },
      errors: true,
      codes: ['SUBGRAPH_ERROR'],
      paths: [['rows', 1, 'bad']],
    },
    { query: '{ rows { farMust name } }', data: { rows: [null, { farMust: 'must', name: 'y' }] }, errors: true },
    {
      query: '{ rows { far list } }',
      data: {
        rows: [
          { far: 'far 1', list: null },
          { far: 'far 2', list: null },
        ],
      },
      errors: true,
      codes: ['SUBGRAPH_ERROR', 'SUBGRAPH_ERROR'],
    },
    {
      query: '{ rows { lost far } whole }',
      data: {
        rows: [
          { lost: null, far: 'far 1' },
          { lost: null, far: 'far 2' },
        ],
        whole: 'ok',
      },
      errors: true,
    },
    {
      query: '{ gone whole rows { name } }',
      data: { gone: null, whole: 'ok', rows: [{ name: 'x' }, { name: 'y' }] },
      errors: true,
      codes: ['SUBGRAPH_ERROR'],
      paths: [['gone']],
    },
    { query: '{ must gone }', data: null, errors: true },
  ],
}
