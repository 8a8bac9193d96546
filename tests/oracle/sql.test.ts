import fc from 'fast-check'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectSameAnswer } from './compare.ts'
import { apiSchema, askCountries } from './federation.ts'
import { LITERAL_WORLD } from './literal-world.ts'
import { type NationsInSql, openNationsInSql } from './nations-in-sql.ts'
import { createOracle } from './oracle.ts'
import { LITERAL_ORDERS, marksIn } from './orders.ts'
import { questions } from './question.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from './runs.ts'
import { PUBLISHER_SETS } from './world.ts'

const COUNTRIES = ['GT', 'HN', 'SV', 'UN']
/** Each country needs a database, so the worlds have only these four. */
const SETS = PUBLISHER_SETS.filter((set) => Object.keys(set).every((country) => COUNTRIES.includes(country)))

const oracle = createOracle(apiSchema())
let nations: NationsInSql

beforeAll(async () => {
  nations = await openNationsInSql(COUNTRIES)
})
afterAll(() => nations.close())

describe('the SQL of the national subgraphs, through the gateway', () => {
  it.each(LITERAL_ORDERS)('orders $title', async ({ query, expected }) => {
    const answers = await nations.load(LITERAL_WORLD)
    const operation = { document: parse(query), operationName: undefined, variables: {} }
    const answer = await askCountries(LITERAL_WORLD.publishers, operation, answers)
    expect(marksIn(answer.data)).toEqual(expected)
  })

  it(
    'gives the same answers as one database in memory with all rows',
    async () => {
      await fc.assert(
        fc.asyncProperty(questions(apiSchema(), SETS), async ({ world, asked }) => {
          const answer = await askCountries(world.publishers, asked, await nations.load(world))
          expectSameAnswer(answer, oracle(world, asked))
        }),
        runsOf(0.1),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})
