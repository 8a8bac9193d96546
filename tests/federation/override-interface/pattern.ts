import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `@override` of an implementation's field, requested through the interface: for each type, the gateway asks the subgraph that has the field now. */
const posts = [
  { __typename: 'Photo', id: 'f1', at: 'new-f1' },
  { __typename: 'Note', id: 'n1', at: 'old-n1' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'old',
      sdl: fed2(`type Query { feed: [Post] } interface Post { id: ID! at: String }
        type Photo implements Post @key(fields: "id") { id: ID! at: String }
        type Note implements Post @key(fields: "id") { id: ID! at: String }`),
      resolvers: { Query: { feed: () => posts.map((post) => ({ ...post, at: `old-${post.id}` })) } },
    },
    {
      name: 'new',
      sdl: fed2(`interface Post { id: ID! at: String } type Query { fresh: [Post] }
        type Photo implements Post @key(fields: "id") { id: ID! at: String @override(from: "old") }`),
      resolvers: { Query: { fresh: () => [posts[0]] }, Photo: { __resolveReference: findBy(posts, 'id') } },
    },
  ],
  cases: [
    {
      query: '{ feed { id at } }',
      data: {
        feed: [
          { id: 'f1', at: 'new-f1' },
          { id: 'n1', at: 'old-n1' },
        ],
      },
    },
    {
      query: '{ feed { ... on Photo { at } ... on Note { id at } } }',
      data: { feed: [{ at: 'new-f1' }, { id: 'n1', at: 'old-n1' }] },
    },
    { query: '{ fresh { at __typename } }', data: { fresh: [{ at: 'new-f1', __typename: 'Photo' }] } },
  ],
}
