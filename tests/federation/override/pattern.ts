import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** A field moved, at the root and on an entity: the gateway asks the new owner and never the old one. */
const posts = [
  { id: 'p1', at: 'new-1' },
  { id: 'p2', at: 'new-2' },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'old',
      sdl: fed2(
        'type Query { feed: [Post] @shareable banner: String } type Post @key(fields: "id") { id: ID! at: String }',
      ),
      resolvers: {
        Query: { feed: () => [{ id: 'p2', at: 'old-2' }], banner: () => 'old' },
        Post: { __resolveReference: () => ({ at: 'old' }) },
      },
    },
    {
      name: 'new',
      sdl: fed2(`type Query { feed: [Post] @override(from: "old") banner: String @override(from: "old") posts: [Post] }
        type Post @key(fields: "id") { id: ID! at: String @override(from: "old") }`),
      resolvers: {
        Query: { feed: () => [{ id: 'p1' }], banner: () => 'new', posts: () => posts },
        Post: { __resolveReference: findBy(posts, 'id'), at: ({ id }: { id: string }) => `new-${id.slice(1)}` },
      },
    },
    {
      name: 'likes',
      sdl: fed2('type Query { liked: [Post] } type Post @key(fields: "id") { id: ID! likes: Int }'),
      resolvers: {
        Query: { liked: () => [{ id: 'p2', likes: 3 }] },
        Post: { __resolveReference: () => ({ likes: 4 }) },
      },
    },
  ],
  cases: [
    { query: '{ feed { at } }', data: { feed: [{ at: 'new-1' }] } },
    { query: '{ banner liked { at likes } }', data: { banner: 'new', liked: [{ at: 'new-2', likes: 3 }] } },
    {
      query: '{ posts { id likes at } }',
      data: {
        posts: [
          { id: 'p1', likes: 4, at: 'new-1' },
          { id: 'p2', likes: 4, at: 'new-2' },
        ],
      },
    },
  ],
}
