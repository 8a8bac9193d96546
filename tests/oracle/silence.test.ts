import fc from 'fast-check'
import { describe, it } from 'vitest'
import { expectSameAnswer } from './compare.ts'
import { FAILURES, failing, failLegs, silenceOf } from './failures.ts'
import { apiSchema, askCountries } from './federation.ts'
import { nationsInMemory } from './nation.ts'
import { createOracle } from './oracle.ts'
import { questions } from './question.ts'
import { fewerRunsOf, PROPERTY_TIMEOUT_MS } from './runs.ts'

const oracle = createOracle(apiSchema())
const ways = Object.keys(FAILURES) as (keyof typeof FAILURES)[]

describe('an answer while countries are silent', () => {
  it(
    'equals that of one database with the rows of the countries that answered, and names each silent country',
    async () => {
      await fc.assert(
        fc.asyncProperty(questions(apiSchema()), failing(ways), async ({ world, asked }, failures) => {
          const answers = nationsInMemory(world.rows)
          const answer = await askCountries(world.publishers, asked, answers, failLegs(failures))
          expectSameAnswer(answer, oracle(world, asked, silenceOf(failures)))
        }),
        fewerRunsOf(),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})
