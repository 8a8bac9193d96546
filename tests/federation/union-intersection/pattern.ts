import { fed2, type Pattern } from '../harness/pattern.ts'

/** A union and an interface whose members differ by subgraph: the gateway asks no subgraph for members that it does not have. */
const book = { __typename: 'Book', title: 'Sea', aMovie: undefined }
const movie = { __typename: 'Movie', title: 'Roma', bOnly: 'b' }

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(`type Query { media: Media @shareable aMedia: Media viewer: Viewer @shareable }
        union Media = Book | Song type Viewer { media: Media @shareable aShelf: Media }
        type Book { title: String! @shareable } type Song { title: String! @shareable aSong: String }`),
      resolvers: {
        Query: {
          media: () => book,
          aMedia: () => ({ __typename: 'Song', title: 'Son', aSong: 'a' }),
          viewer: () => ({ media: book, aShelf: book }),
        },
      },
    },
    {
      name: 'b',
      sdl: fed2(`type Query { media: Media @shareable bMedia: Media viewer: Viewer @shareable }
        union Media = Book | Movie type Viewer { media: Media @shareable bShelf: Media }
        type Book { title: String! @shareable } type Movie { title: String! bOnly: String }`),
      resolvers: { Query: { media: () => book, bMedia: () => movie, viewer: () => ({ media: book, bShelf: movie }) } },
    },
  ],
  cases: [
    { query: '{ media { __typename ... on Book { title } } }', data: { media: { __typename: 'Book', title: 'Sea' } } },
    {
      query: '{ aMedia { __typename ... on Song { aSong } ... on Movie { bOnly } } }',
      data: { aMedia: { __typename: 'Song', aSong: 'a' } },
    },
    {
      query: '{ bMedia { ... on Book { title } ... on Movie { title bOnly } ... on Song { title } } }',
      data: { bMedia: { title: 'Roma', bOnly: 'b' } },
    },
    { query: '{ aMedia { ... on Movie { title } } }', data: { aMedia: {} } },
    {
      query:
        '{ viewer { media { ... on Book { title } } aShelf { __typename } bShelf { __typename ... on Movie { title } } } }',
      data: {
        viewer: {
          media: { title: 'Sea' },
          aShelf: { __typename: 'Book' },
          bShelf: { __typename: 'Movie', title: 'Roma' },
        },
      },
    },
    {
      query:
        '{ viewer { aShelf { ...B } bShelf { ...B ... on Movie { t: title } } } media { ...B } } fragment B on Media { ... on Book { title } kind: __typename }',
      data: {
        viewer: { aShelf: { title: 'Sea', kind: 'Book' }, bShelf: { kind: 'Movie', t: 'Roma' } },
        media: { title: 'Sea', kind: 'Book' },
      },
    },
  ],
}
