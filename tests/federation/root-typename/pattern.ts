import { fed2, type Pattern } from '../harness/pattern.ts'

/** Root types under other names: `__typename` is the name in the API schema, not the name in the subgraphs. */
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: `${fed2('type RootQuery { a: String } type RootMutation { set: String }')}\nschema { query: RootQuery mutation: RootMutation }`,
      resolvers: { RootQuery: { a: () => 'a' }, RootMutation: { set: () => 'set' } },
    },
    { name: 'b', sdl: fed2('type Query { b: String }'), resolvers: { Query: { b: () => 'b' } } },
  ],
  cases: [
    { query: '{ __typename a b }', data: { __typename: 'Query', a: 'a', b: 'b' } },
    {
      query: 'mutation { __typename set again: __typename }',
      data: { __typename: 'Mutation', set: 'set', again: 'Mutation' },
    },
    { query: '{ a @skip(if: true) }', data: {} },
  ],
}
