import { setImmediate as nextRound } from 'node:timers/promises'
import fc from 'fast-check'
import { parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { FAILURES } from './failures.ts'
import { apiSchema, createAsk, type FailLeg } from './federation.ts'
import { type AnswerNationally, nationsInMemory } from './nation.ts'
import type { Operation } from './operation.ts'
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

/** Parts of an operation that ask persons of other countries different things, below different persons. */
const PARTS = [
  'sameAs { sex }',
  'sameAs { birthDate names { full } }',
  'sameAs { id nationalities sameAs { sex } }',
  'sameAs { cases(first: 2) { edges { node { id court } } } }',
  'cases(first: 3) { edges { node { linkedCases { id status } participants(first: 2) { edges { node { person { sex } } } } } } }',
] as const

/** Makes an operation that asks some parts of some persons. */
function operationOf(parts: readonly string[], ids: readonly string[]): Operation {
  const fields = parts.map((part, i) => `p${i}: person(id: ${JSON.stringify(ids[i % ids.length])}) { ${part} }`)
  return { document: parse(`{ ${fields.join(' ')} }`), operationName: undefined, variables: {} }
}

describe('an answer whose fetches are merged', () => {
  it(
    'equals the answer of the same operation without merging, whenever answers come and whoever fails, with fewer legs',
    async () => {
      const rounds = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 })
      const failures = fc.option(
        fc.tuple(fc.constantFrom('GT', 'HN', 'SV'), fc.constantFrom(...Object.values(FAILURES))),
        { freq: 1 },
      )
      const parts = fc.option(fc.array(fc.constantFrom(...PARTS), { minLength: 2, maxLength: 5 }), { freq: 4 })
      const cases = fc.tuple(questions(apiSchema()), parts, rounds, failures)
      let saved = 0
      await fc.assert(
        fc.asyncProperty(cases, async ([{ world, asked }, chosen, after, failure]) => {
          const ids = world.rows.persons.map(({ id }) => id)
          const operation = chosen === null || ids.length === 0 ? asked : operationOf(chosen, ids)
          const fail: FailLeg = (country) => (failure?.[0] === country ? failure[1].answer : undefined)
          const nations = nationsInMemory(world.rows)
          const expected = await plain(world.publishers, operation, nations, fail)
          const answer = await merging(world.publishers, operation, slowly(nations, after), fail)
          expect({ ...answer, legs: 0 }, print(operation.document)).toEqual({ ...expected, legs: 0 })
          if (failure !== null) return
          expect(answer.legs).toBeLessThanOrEqual(expected.legs)
          saved += expected.legs - answer.legs
        }),
        runsOf(0.5),
      )
      expect(saved).toBeGreaterThan(0)
    },
    PROPERTY_TIMEOUT_MS,
  )
})
