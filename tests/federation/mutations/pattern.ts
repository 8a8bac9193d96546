import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** Mutations run in the operation's order, across subgraphs. The gateway completes what they return like any entity. */
const log: string[] = []
const goods = [{ id: 'g1', name: 'tent', price: 5 }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(`type Query { good(id: ID!): Good } type Mutation { addGood(input: AddGood!): Good! note(text: String!): String! trace: [String!]! reset: Boolean }
        type Good @key(fields: "id") { id: ID! name: String! } input AddGood { name: String! price: Float! = 1.5 }`),
      resolvers: {
        Query: { good: (_: unknown, { id }: { id: string }) => goods.find((good) => good.id === id) },
        Mutation: {
          addGood: (_: unknown, { input }: { input: { name: string; price: number } }) => ({
            id: `new-${input.price}`,
            name: input.name,
          }),
          note: (_: unknown, { text }: { text: string }) => {
            log.push(`a:${text}`)
            return text
          },
          trace: () => [...log],
          reset: () => {
            log.length = 0
            return true
          },
        },
        Good: { __resolveReference: findBy(goods, 'id') },
      },
    },
    {
      name: 'b',
      sdl: fed2(`type Query { sum(of: [Int!]!): Int } type Mutation { write(text: String!): String! lose(id: ID!): Good } 
        type Good @key(fields: "id") { id: ID! price: Float isDear: Boolean }`),
      resolvers: {
        Query: { sum: (_: unknown, { of }: { of: number[] }) => of.reduce((total, n) => total + n, 0) },
        Mutation: {
          write: (_: unknown, { text }: { text: string }) => {
            log.push(`b:${text}`)
            return text
          },
          lose: (_: unknown, { id }: { id: string }) => ({ id, price: 5 }),
        },
        Good: { __resolveReference: ({ id }: { id: string }) => ({ id, price: 5, isDear: false }) },
      },
    },
  ],
  cases: [
    {
      query: 'mutation { addGood(input: { name: "rope", price: 2.5 }) { name price isDear id } }',
      data: { addGood: { name: 'rope', price: 5, isDear: false, id: 'new-2.5' } },
    },
    {
      query: 'mutation ($in: AddGood!) { addGood(input: $in) { id } }',
      variables: { in: { name: 'rope' } },
      data: { addGood: { id: 'new-1.5' } },
    },
    {
      query:
        'mutation { reset one: note(text: "1") two: write(text: "2") three: note(text: "3") four: write(text: "4") trace }',
      data: { reset: true, one: '1', two: '2', three: '3', four: '4', trace: ['a:1', 'b:2', 'a:3', 'b:4'] },
    },
    {
      query: 'mutation { lose(id: "g1") { name price } __typename }',
      data: { lose: { name: 'tent', price: 5 }, __typename: 'Mutation' },
    },
    {
      query: 'mutation M { ...F } fragment F on Mutation { write(text: "x") lose(id: "g1") { name } }',
      operationName: 'M',
      data: { write: 'x', lose: { name: 'tent' } },
    },
  ],
}
