import { fed2, type Shape } from '../harness/shape.ts'

/** A required field that no subgraph gives: null rises to the nearest place that may be null, with an error that says where. */
export const shape: Shape = {
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
      stockFails: 'tells of no error beside the null',
    },
    {
      query: '{ rows { id must } }',
      data: { rows: null },
      errors: true,
      codes: ['NULL_FOR_NON_NULL'],
      stockFails: 'tells of no error beside the null',
    },
    {
      query: '{ row { must } }',
      data: null,
      errors: true,
      codes: ['NULL_FOR_NON_NULL'],
      stockFails: 'tells of no error beside the null',
    },
    { query: '{ maybe { inner { must } } }', data: { maybe: [{ inner: { must: 'n' } }, { inner: null }] } },
  ],
}
