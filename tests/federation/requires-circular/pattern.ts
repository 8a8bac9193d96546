import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** Two subgraphs that require fields of each other, alternately. */
const letters = [
  { id: 'l1', byId: 'w1', byNovice: true },
  { id: 'l2', byId: 'w2', byNovice: false },
]
const writers = [
  { id: 'w1', years: 1 },
  { id: 'w2', years: 20 },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'letters',
      sdl: fed2(`
        type Query { letters: [Letter] }
        type Letter @key(fields: "id") { id: ID! writer: Writer
          byNovice: Boolean @external byExpert: Boolean @requires(fields: "byNovice") }
        type Writer @key(fields: "id") { id: ID! }`),
      resolvers: {
        Query: { letters: () => letters.map(({ id }) => ({ id })) },
        Letter: {
          __resolveReference: (reference: object) => reference,
          writer: ({ id }: { id: string }) => ({ id: letters.find((letter) => letter.id === id)?.byId }),
          byExpert: ({ byNovice }: { byNovice: boolean }) => !byNovice,
        },
      },
    },
    {
      name: 'writers',
      sdl: fed2(`
        type Letter @key(fields: "id") { id: ID! writer: Writer @external byNovice: Boolean @requires(fields: "writer { years }") 
          byExpert: Boolean @external seal: String @requires(fields: "byExpert") }
        type Writer @key(fields: "id") { id: ID! years: Int }`),
      resolvers: {
        Letter: {
          __resolveReference: (reference: object) => reference,
          byNovice: ({ writer }: { writer: { years: number } }) => writer.years < 3,
          seal: ({ byExpert }: { byExpert: boolean }) => (byExpert ? 'gold' : 'wax'),
        },
        Writer: { __resolveReference: findBy(writers, 'id') },
      },
    },
  ],
  cases: [
    { query: '{ letters { byNovice } }', data: { letters: [{ byNovice: true }, { byNovice: false }] } },
    { query: '{ letters { byExpert } }', data: { letters: [{ byExpert: false }, { byExpert: true }] } },
    {
      query: '{ letters { seal } }',
      data: { letters: [{ seal: 'wax' }, { seal: 'gold' }] },
      stockFails: 'asks for byNovice without the writer that it requires, and computes the seal from nothing',
    },
  ],
}
