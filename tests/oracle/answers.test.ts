import fc from 'fast-check'
import { describe, it } from 'vitest'
import { expectSameAnswer } from './compare.ts'
import { apiSchema, askCountries } from './federation.ts'
import { nationsInMemory } from './nation.ts'
import { createOracle } from './oracle.ts'
import { questions } from './question.ts'
import { fewerRunsOf, PROPERTY_TIMEOUT_MS } from './runs.ts'

const oracle = createOracle(apiSchema())

describe('an answer over several countries', () => {
  it(
    'equals the answer of one database that holds all rows',
    async () => {
      await fc.assert(
        fc.asyncProperty(questions(apiSchema()), async ({ world, asked }) => {
          const answer = await askCountries(world.publishers, asked, nationsInMemory(world.rows))
          expectSameAnswer(answer, oracle(world, asked))
        }),
        fewerRunsOf(),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})
