import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `@provides` with fragments on a union's members: one member's title is provided, the other's is not. */
const rows = [
  { __typename: 'Book', id: 'k1', title: 'provided' },
  { __typename: 'Film', id: 'k2', title: 'not provided' },
]
const titles = [
  { id: 'k1', title: 'Ulises', length: 700 },
  { id: 'k2', title: 'Roma', length: 135 },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'shop',
      sdl: fed2(`type Query { media: [Media] @provides(fields: "... on Book { title }") bare: [Media] }
        union Media = Book | Film
        type Book @key(fields: "id") { id: ID! title: String @external }
        type Film @key(fields: "id") { id: ID! }`),
      resolvers: { Query: { media: () => rows, bare: () => rows } },
    },
    {
      name: 'library',
      sdl: fed2(`type Book @key(fields: "id") { id: ID! title: String @shareable length: Int }
        type Film @key(fields: "id") { id: ID! title: String length: Int }`),
      resolvers: {
        Book: { __resolveReference: findBy(titles, 'id') },
        Film: { __resolveReference: findBy(titles, 'id') },
      },
    },
  ],
  cases: [
    {
      query: '{ media { __typename ... on Book { title } ... on Film { title } } }',
      data: {
        media: [
          { __typename: 'Book', title: 'provided' },
          { __typename: 'Film', title: 'Roma' },
        ],
      },
    },
    {
      query: '{ bare { ... on Book { title length } ... on Film { id } } }',
      data: { bare: [{ title: 'Ulises', length: 700 }, { id: 'k2' }] },
    },
    {
      query: '{ media { ... on Book { id title length } } }',
      data: { media: [{ id: 'k1', title: 'provided', length: 700 }, {}] },
    },
    { query: '{ media { __typename } }', data: { media: [{ __typename: 'Book' }, { __typename: 'Film' }] } },
  ],
}
