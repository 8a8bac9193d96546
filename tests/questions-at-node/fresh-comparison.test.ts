import fc from 'fast-check'
import { parse, print, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { seededDice } from '../fuzz/random.ts'
import { apiSchema, createAsk } from '../oracle/federation.ts'
import { questions } from '../oracle/question.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from '../oracle/runs.ts'
import { compareFresh } from './fresh-comparison.ts'
import { compareKnown, legsOf, showQuestion } from './legs-of-questions.ts'
import { CHANGES, HARMLESS, withoutUnused } from './mutate-leg.ts'
import { nationalSchema } from './plain-check.ts'

const ask = createAsk()
const CHANGES_OF_A_LEG = 4
const KINDS = { ...CHANGES, ...HARMLESS }

describe('the comparison of a leg with its question', () => {
  const seen = { foreign: 0, same: 0 }

  it(
    'is the same as if nothing of it had been prepared or remembered, whatever a leg asks and shows',
    async () => {
      await fc.assert(
        fc.asyncProperty(questions(apiSchema()), fc.integer(), async ({ world, asked }, seed) => {
          const dice = seededDice(`fresh ${seed}`)
          for (const leg of await legsOf(ask, world, asked)) {
            for (let i = 0; i < CHANGES_OF_A_LEG; i++) {
              const before = { document: parse(leg.query, { noLocation: true }), variables: leg.variables }
              const changed = withoutUnused(KINDS[dice.pick(Object.keys(KINDS))]?.(before, leg.domain, dice) ?? before)
              if (validate(nationalSchema(leg.domain), changed.document).length > 0) continue
              const request = { ...leg, query: print(changed.document), variables: changed.variables }
              const shown = new Map(dice.subset(Object.entries(asked.variables)))
              const question = showQuestion(asked, { values: shown, isComplete: dice.pick([true, false]) })
              const { fresh, known } = compareKnown(request, question, compareFresh)
              if (fresh.foreign === null) seen.same++
              else seen.foreign++
              const report = `${request.query}\n${JSON.stringify(request.variables)}\n${print(asked.document)}`
              expect(known, report).toEqual(fresh)
            }
          }
        }),
        runsOf(0.1),
      )
      // Of both kinds there are many. Otherwise this test would show little.
      expect(Math.min(seen.foreign, seen.same)).toBeGreaterThan(10)
    },
    PROPERTY_TIMEOUT_MS,
  )
})
