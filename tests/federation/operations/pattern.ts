import { fed2, type Pattern } from '../harness/pattern.ts'

/** Which operation of a document runs. The gateway rejects subscriptions and `@defer` before it sends any request. */
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2('type Query { a: String } type Subscription { ticks: Int }'),
      resolvers: { Query: { a: () => 'a' } },
    },
    { name: 'b', sdl: fed2('type Query { b: String }'), resolvers: { Query: { b: () => 'b' } } },
  ],
  cases: [
    { query: 'query One { a } query Two { b }', operationName: 'Two', data: { b: 'b' } },
    { query: 'query One { a }', operationName: 'One', data: { a: 'a' } },
    {
      query: 'query One { a } query Two { b }',
      data: undefined,
      errors: true,
      codes: ['OPERATION_RESOLUTION_FAILURE'],
    },
    {
      query: 'query One { a }',
      operationName: 'Three',
      data: undefined,
      errors: true,
      codes: ['OPERATION_RESOLUTION_FAILURE'],
    },
    { query: 'subscription { ticks }', data: undefined, errors: true, codes: ['OPERATION_NOT_SUPPORTED'] },
  ],
}
