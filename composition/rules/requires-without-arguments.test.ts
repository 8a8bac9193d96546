import { describe } from 'vitest'
import { requiresWithoutArguments } from './requires-without-arguments.ts'
import { domainOf, QUERY, tellStories } from './testing.ts'

const thing = (field: string) =>
  domainOf(`${QUERY} type Thing @key(fields: "id") { id: ID! rate: Int @external ${field} }`, 'requires', 'external')

describe('@requires', () => {
  tellStories(requiresWithoutArguments, [
    {
      title: 'is accepted on a field without arguments',
      sdl: { things: thing('tax: Int @requires(fields: "rate")') },
      rejected: [],
    },
    {
      title: 'is rejected on a field with arguments',
      sdl: { things: thing('tax(year: Int): Int @requires(fields: "rate")') },
      rejected: ['things Thing.tax'],
      message: /came Thing\.tax\(year:\)/,
    },
  ])
})
