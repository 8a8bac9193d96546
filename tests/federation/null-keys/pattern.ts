import { fed2, type Pattern } from '../harness/pattern.ts'

/** An entity, its key or a row is missing or null: the gateway sends no request for it and answers null, without an error. */
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'shelves',
      sdl: fed2('type Query { shelves: [Shelf] } type Shelf { book: Book } type Book @key(fields: "upc") { upc: ID! }'),
      resolvers: {
        Query: {
          shelves: () => [
            { book: { upc: 'b1' } },
            { book: { upc: 'b2' } },
            { book: { upc: 'b3' } },
            { book: null },
            null,
          ],
        },
      },
    },
    {
      name: 'books',
      sdl: fed2('type Book @key(fields: "upc") @key(fields: "id") { upc: ID! id: ID }'),
      resolvers: {
        Book: {
          __resolveReference: ({ upc }: { upc: string }) =>
            upc === 'b3' ? null : { upc, id: upc === 'b2' ? null : `id-${upc}` },
        },
      },
    },
    {
      name: 'authors',
      sdl: fed2('type Book @key(fields: "id") { id: ID author: Author } type Author { name: String }'),
      resolvers: {
        Book: {
          __resolveReference: ({ id }: { id: string | null }) =>
            id === null ? null : { id, author: { name: `by ${id}` } },
        },
      },
    },
  ],
  cases: [
    {
      query: '{ shelves { book { upc author { name } } } }',
      data: {
        shelves: [
          { book: { upc: 'b1', author: { name: 'by id-b1' } } },
          { book: { upc: 'b2', author: null } },
          { book: { upc: 'b3', author: null } },
          { book: null },
          null,
        ],
      },
    },
    {
      query: '{ shelves { book { id } } }',
      data: {
        shelves: [{ book: { id: 'id-b1' } }, { book: { id: null } }, { book: { id: null } }, { book: null }, null],
      },
    },
  ],
}
