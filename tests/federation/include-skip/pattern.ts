import { type Case, fed2, type Pattern } from '../harness/pattern.ts'

/** Each combination of `@skip` and `@include` by variable, on fields, fragments and branches. An emptied selection is `{}`. */
const both = [true, false]
const pairs = both.flatMap((a) => both.map((b) => ({ a, b })))

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2('type Query { good: Good } type Good @key(fields: "id") { id: ID! price: Int }'),
      resolvers: {
        Query: { good: () => ({ id: 'g1', price: 5 }) },
        Good: { __resolveReference: ({ id }: { id: string }) => ({ id, price: 5 }) },
      },
    },
    {
      name: 'b',
      sdl: fed2(
        'type Good @key(fields: "id") { id: ID! price: Int @external dear: Boolean @requires(fields: "price") parts: [Part] } type Part @key(fields: "id") { id: ID! size: Int }',
      ),
      resolvers: {
        Good: {
          __resolveReference: (good: object) => ({ ...good, parts: [{ id: 'x1', size: 1 }] }),
          dear: ({ price }: { price: number }) => price > 9,
        },
      },
    },
    {
      name: 'c',
      sdl: fed2('type Part @key(fields: "id") { id: ID! colour: String }'),
      resolvers: { Part: { __resolveReference: ({ id }: { id: string }) => ({ id, colour: `red ${id}` }) } },
    },
  ],
  cases: [
    ...pairs.flatMap(({ a, b }): Case[] => [
      {
        query: 'query ($a: Boolean!, $b: Boolean!) { good { dear @skip(if: $a) @include(if: $b) id } }',
        variables: { a, b },
        data: { good: { ...(!a && b ? { dear: false } : {}), id: 'g1' } },
      },
      {
        query: 'query ($a: Boolean!, $b: Boolean!) { good @skip(if: $a) { dear @skip(if: $b) } }',
        variables: { a, b },
        data: a ? {} : { good: b ? {} : { dear: false } },
      },
      {
        query:
          'query ($a: Boolean!, $b: Boolean!) { good { parts @include(if: $a) { size ... @include(if: $b) { colour } } } }',
        variables: { a, b },
        data: { good: a ? { parts: [{ size: 1, ...(b ? { colour: 'red x1' } : {}) }] } : {} },
      },
      {
        query:
          'query ($a: Boolean!, $b: Boolean!) { good { ...G @include(if: $a) ...H @skip(if: $b) } } fragment G on Good { dear } fragment H on Good { price dear }',
        variables: { a, b },
        data: { good: { ...(a ? { dear: false } : {}), ...(b ? {} : a ? { price: 5 } : { price: 5, dear: false }) } },
      },
    ]),
    { query: 'query ($a: Boolean = true) { good { dear @include(if: $a) } }', data: { good: { dear: false } } },
    { query: 'query ($a: Boolean = false) { good { dear @include(if: $a) price } }', data: { good: { price: 5 } } },
    { query: '{ good { dear @skip(if: true) parts @include(if: false) { id } price } }', data: { good: { price: 5 } } },
  ],
}
