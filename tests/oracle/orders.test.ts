import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { apiSchema, askCountries } from './federation.ts'
import { LITERAL_WORLD } from './literal-world.ts'
import { nationsInMemory } from './nation.ts'
import { createOracle } from './oracle.ts'
import { LITERAL_ORDERS, marksIn } from './orders.ts'

const oracle = createOracle(apiSchema())
const { publishers, rows } = LITERAL_WORLD

describe('the contract’s orders', () => {
  it.each(LITERAL_ORDERS)('$title', async ({ query, expected }) => {
    const operation = { document: parse(query), operationName: undefined, variables: {} }
    expect(marksIn(oracle(LITERAL_WORLD, operation).data)).toEqual(expected)
    const answer = await askCountries(publishers, operation, nationsInMemory(rows))
    expect(marksIn(answer.data)).toEqual(expected)
  })
})
