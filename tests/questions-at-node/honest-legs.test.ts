import fc from 'fast-check'
import { print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { apiSchema, createAsk } from '../oracle/federation.ts'
import { questions } from '../oracle/question.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from '../oracle/runs.ts'
import { compare, legsOf, showQuestion, unprovenIds } from './legs-of-questions.ts'

const ask = createAsk()

describe('a leg of an honest gateway', () => {
  it(
    'follows from the question, whatever the officer asks',
    async () => {
      await fc.assert(
        fc.asyncProperty(questions(apiSchema()), async ({ world, asked }) => {
          const question = showQuestion(asked)
          for (const leg of await legsOf(ask, world, asked)) {
            const report = `${leg.country} ${leg.domain} ${leg.query} ${JSON.stringify(leg.variables)}\n${print(asked.document)}`
            const compared = compare(leg, question)
            expect(compared.foreign, report).toBe(null)
            expect(unprovenIds(leg, compared, asked), report).toEqual([])
          }
        }),
        runsOf(0.15),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})
