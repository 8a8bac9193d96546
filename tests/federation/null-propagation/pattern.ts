import { fed2, type Pattern } from '../harness/pattern.ts'

/** No subgraph answers a required field: the null propagates to the nearest nullable field, with an error that has the place. */
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2('type Query { rows: [Row!] maybe: [Row] row: Row! } type Row @key(fields: "id") { id: ID! }'),
      resolvers: {
        Query: {
          rows: () => [{ id: '1' }, { id: '2' }],
          maybe: () => [{ id: '1' }, { id: '2' }],
          row: () => ({ id: '2' }),
        },
      },
    },
    {
      name: 'b',
      sdl: fed2('type Row @key(fields: "id") { id: ID! must: String! inner: Inner } type Inner { must: String! }'),
      resolvers: {
        Row: {
          __resolveReference: ({ id }: { id: string }) => (id === '1' ? { id, must: 'm', inner: { must: 'n' } } : null),
        },
      },
    },
  ],
  cases: [
    {
      query: '{ maybe { id must } }',
      data: { maybe: [{ id: '1', must: 'm' }, null] },
      errors: true,
      codes: ['NULL_FOR_NON_NULL'],
      stockFails: 'answers null without an error',
    },
    {
      query: '{ rows { id must } }',
      data: { rows: null },
      errors: true,
      codes: ['NULL_FOR_NON_NULL'],
      stockFails: 'answers null without an error',
    },
    {
      query: '{ row { must } }',
      data: null,
      errors: true,
      codes: ['NULL_FOR_NON_NULL'],
      stockFails: 'answers null without an error',
    },
    { query: '{ maybe { inner { must } } }', data: { maybe: [{ inner: { must: 'n' } }, { inner: null }] } },
  ],
}
