import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** A union of entities: the gateway completes each member from its own subgraph, in one list. */
const books = [{ id: 'b1', pages: 10 }]
const films = [{ id: 'f1', minutes: 90 }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'search',
      sdl: fed2(
        'type Query { search: [Hit!]! } union Hit = Book | Film | Note type Book @key(fields: "id") { id: ID! } type Film @key(fields: "id") { id: ID! } type Note { text: String }',
      ),
      resolvers: {
        Query: {
          search: () => [
            { __typename: 'Book', id: 'b1' },
            { __typename: 'Note', text: 'n' },
            { __typename: 'Film', id: 'f1' },
            { __typename: 'Book', id: 'b9' },
          ],
        },
      },
    },
    {
      name: 'books',
      sdl: fed2('type Book @key(fields: "id") { id: ID! pages: Int }'),
      resolvers: { Book: { __resolveReference: findBy(books, 'id') } },
    },
    {
      name: 'films',
      sdl: fed2('type Film @key(fields: "id") { id: ID! minutes: Int }'),
      resolvers: { Film: { __resolveReference: findBy(films, 'id') } },
    },
  ],
  cases: [
    {
      query: '{ search { ... on Book { pages } ... on Film { minutes id } ... on Note { text } } }',
      data: { search: [{ pages: 10 }, { text: 'n' }, { minutes: 90, id: 'f1' }, { pages: null }] },
    },
    {
      query: '{ search { __typename ... on Book { id } ... on Film { n: minutes } } }',
      data: {
        search: [
          { __typename: 'Book', id: 'b1' },
          { __typename: 'Note' },
          { __typename: 'Film', n: 90 },
          { __typename: 'Book', id: 'b9' },
        ],
      },
    },
  ],
}
