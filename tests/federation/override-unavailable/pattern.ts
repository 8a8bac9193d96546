import { fed2, type Pattern } from '../harness/pattern.ts'

/** `@override` from a subgraph that is not part of the supergraph, and an `@override` of a field that the other subgraph does not have. */
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'left',
      sdl: fed2(
        'type Query { leftPosts: [Post] } type Post @key(fields: "id") { id: ID! at: String @override(from: "gone") }',
      ),
      resolvers: {
        Query: { leftPosts: () => [{ id: 'p1', at: 'left' }] },
        Post: { __resolveReference: ({ id }: { id: string }) => ({ id, at: 'left' }) },
      },
    },
    {
      name: 'right',
      sdl: fed2(
        'type Query { rightPosts: [Post] } type Post @key(fields: "id") { id: ID! by: String @override(from: "left") }',
      ),
      resolvers: {
        Query: { rightPosts: () => [{ id: 'p2', by: 'right' }] },
        Post: { __resolveReference: ({ id }: { id: string }) => ({ id, by: 'right' }) },
      },
    },
  ],
  cases: [
    { query: '{ leftPosts { at by } }', data: { leftPosts: [{ at: 'left', by: 'right' }] } },
    {
      query: '{ rightPosts { id at } leftPosts { id } }',
      data: { rightPosts: [{ id: 'p2', at: 'left' }], leftPosts: [{ id: 'p1' }] },
    },
  ],
}
