import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/**
 * An interface that no object type of its subgraph implements, and an interface object elsewhere whose key is not resolvable. The gateway
 * can never learn the runtime type of `shelf`, so what it loses there has an error.
 */
const books = [{ __typename: 'Novel', id: 'n1', title: 'Hombres de maíz' }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'shelves',
      sdl: fed2(`interface Place @key(fields: "id") { id: ID! }
        type Book @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }
        type Query { shelf: Place book: Book }`),
      resolvers: {
        Query: { shelf: () => ({ id: 'p1' }), book: () => ({ id: 'n1' }) },
        Place: { __resolveReference: () => ({ id: 'p1' }), __resolveType: () => 'Nothing' },
      },
    },
    {
      name: 'rooms',
      sdl: fed2(`type Place @key(fields: "id", resolvable: false) @interfaceObject { id: ID! floor: String }
        interface Book @key(fields: "id") { id: ID! title: String! }
        type Novel implements Book @key(fields: "id") { id: ID! title: String! }
        type Query { room: Place }`),
      resolvers: {
        Query: { room: () => ({ id: 'p1', floor: 'second' }) },
        Book: { __resolveReference: findBy(books, 'id') },
        Novel: { __resolveReference: findBy(books, 'id') },
      },
    },
  ],
  cases: [
    { query: '{ room { id floor } }', data: { room: { id: 'p1', floor: 'second' } } },
    { query: '{ room { id } }', data: { room: { id: 'p1' } } },
    {
      query: '{ shelf { floor } }',
      data: null,
      errors: true,
      codes: ['PLAN_FAILED'],
      paths: [['shelf']],
      stockFails: 'null without an error',
    },
    { query: '{ shelf { id } }', data: { shelf: null }, errors: true },
    {
      query: '{ s: shelf { f: floor } room { id } }',
      data: { s: null, room: { id: 'p1' } },
      errors: true,
      codes: ['PLAN_FAILED'],
      paths: [['s']],
      stockFails: 'null without an error',
    },
    { query: '{ book { id } }', data: { book: { id: 'n1' } } },
    { query: '{ book { title } }', data: { book: { title: 'Hombres de maíz' } } },
    { query: '{ book { ... on Novel { id } } }', data: { book: { id: 'n1' } } },
  ],
}
