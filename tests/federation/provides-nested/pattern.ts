import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `@provides` through two levels: the gateway does not ask the owner for what the provider answers. */
const works = [
  { id: 'w1', title: 'Sea', genres: [{ id: 'g1', label: 'Tale', parent: { id: 'g0', label: 'Prose' } }] },
  { id: 'w2', title: 'Sky', genres: [] },
]
const genres = [
  { id: 'g0', label: 'Prose (own)', shelf: 1 },
  { id: 'g1', label: 'Tale (own)', shelf: 2, parent: { id: 'g0', shelf: 1 } },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'works',
      sdl: fed2(`type Query { works: [Work] @provides(fields: "genres { id label parent { id label } }") }
        type Work @key(fields: "id") { id: ID! title: String genres: [Genre] @external }
        type Genre @key(fields: "id") { id: ID! label: String @external parent: Genre @external }`),
      resolvers: { Query: { works: () => works }, Work: { __resolveReference: findBy(works, 'id') } },
    },
    {
      name: 'genres',
      sdl: fed2(`type Work @key(fields: "id") { id: ID! genres: [Genre] @shareable }
        type Genre @key(fields: "id") { id: ID! label: String @shareable parent: Genre @shareable shelf: Int }`),
      resolvers: {
        Work: { __resolveReference: findBy(works, 'id') },
        Genre: { __resolveReference: findBy(genres, 'id') },
      },
    },
  ],
  cases: [
    {
      query: '{ works { title genres { label parent { label } } } }',
      data: {
        works: [
          { title: 'Sea', genres: [{ label: 'Tale', parent: { label: 'Prose' } }] },
          { title: 'Sky', genres: [] },
        ],
      },
    },
    {
      query: '{ works { genres { shelf parent { shelf label } } } }',
      data: { works: [{ genres: [{ shelf: 2, parent: { shelf: 1, label: 'Prose' } }] }, { genres: [] }] },
    },
  ],
}
