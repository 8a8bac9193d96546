import { setImmediate as nextRound } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FAILURES } from './failures.ts'
import { apiSchema, createAsk, type FailLeg } from './federation.ts'
import { type AnswerNationally, nationsInMemory } from './nation.ts'
import { questions } from './question.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from './runs.ts'

const merging = createAsk()
const plain = createAsk({ mergesTexts: false })

/** Lets each answer come some rounds of the event loop later, so that legs are ready together, or not. */
function slowly(answer: AnswerNationally, rounds: readonly number[]): AnswerNationally {
  let leg = 0
  return async (request) => {
    const after = rounds[leg++ % rounds.length] ?? 0
    for (let round = 0; round < after; round++) await nextRound()
    return answer(request)
  }
}

describe('an answer whose fetches are merged', () => {
  it(
    'equals the answer of the same operation without merging, whenever answers come and whoever fails, with as few legs or fewer',
    async () => {
      const rounds = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 })
      const failures = fc.option(
        fc.tuple(fc.constantFrom('GT', 'HN', 'SV'), fc.constantFrom(...Object.values(FAILURES))),
      )
      let saved = 0
      await fc.assert(
        fc.asyncProperty(questions(apiSchema()), rounds, failures, async ({ world, asked }, after, failure) => {
          const fail: FailLeg = (country) =>
            failure !== null && country === failure[0] ? failure[1].answer : undefined
          const nations = nationsInMemory(world.rows)
          const expected = await plain(world.publishers, asked, nations, fail)
          const answer = await merging(world.publishers, asked, slowly(nations, after), fail)
          expect({ ...answer, legs: 0 }).toEqual({ ...expected, legs: 0 })
          saved += expected.legs - answer.legs
          if (failure === null) expect(answer.legs).toBeLessThanOrEqual(expected.legs)
        }),
        runsOf(0.5),
      )
      expect(saved).toBeGreaterThan(0)
    },
    PROPERTY_TIMEOUT_MS,
  )
})
