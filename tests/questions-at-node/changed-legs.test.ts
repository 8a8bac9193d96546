import fc from 'fast-check'
import { parse, print, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { seededDice } from '../fuzz/random.ts'
import { apiSchema, createAsk } from '../oracle/federation.ts'
import { questions } from '../oracle/question.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from '../oracle/runs.ts'
import { compare, legsOf, type SentLeg, showQuestion } from './legs-of-questions.ts'
import { CHANGES, type ChangedLeg, HARMLESS, withoutUnused } from './mutate-leg.ts'
import { findForeignCall, nationalSchema } from './plain-check.ts'

const ask = createAsk()
const CHANGES_OF_A_LEG = 6

function isValid(leg: SentLeg, { document }: ChangedLeg): boolean {
  return validate(nationalSchema(leg.domain), document).length === 0
}

describe('a leg that a captured gateway has changed', () => {
  const seen = { changed: 0, refused: 0, same: 0 }

  it(
    'is refused if it asks for anything that the question does not ask for, however few variables it shows',
    async () => {
      await fc.assert(
        fc.asyncProperty(questions(apiSchema()), fc.integer(), async ({ world, asked }, seed) => {
          const dice = seededDice(`changes ${seed}`)
          for (const leg of await legsOf(ask, world, asked)) {
            for (let i = 0; i < CHANGES_OF_A_LEG; i++) {
              const kind = dice.pick(Object.keys(CHANGES))
              const before = { document: parse(leg.query, { noLocation: true }), variables: leg.variables }
              const changed = withoutUnused(CHANGES[kind]?.(before, leg.domain, dice) ?? before)
              if (!isValid(leg, changed)) continue
              seen.changed++
              const foreign = findForeignCall(leg.domain, changed, asked)
              if (foreign === null) continue
              seen.refused++
              const shown = dice.subset(Object.entries(asked.variables))
              const request = { ...leg, query: print(changed.document), variables: changed.variables }
              const report = `${kind}: ${foreign}\n${request.query}\n${JSON.stringify(request.variables)}\n${print(asked.document)}`
              expect(compare(request, showQuestion(asked)).foreign, report).not.toBe(null)
              const partly = showQuestion(asked, { values: new Map(shown), isComplete: false })
              expect(compare(request, partly).foreign, report).not.toBe(null)
            }
          }
        }),
        runsOf(0.1),
      )
      // Many changes ask for something else. Otherwise this test would show little.
      expect(seen.refused / seen.changed).toBeGreaterThan(0.25)
    },
    PROPERTY_TIMEOUT_MS,
  )

  it(
    'is accepted if it asks for the same in another form',
    async () => {
      await fc.assert(
        fc.asyncProperty(questions(apiSchema()), fc.integer(), async ({ world, asked }, seed) => {
          const dice = seededDice(`forms ${seed}`)
          for (const leg of await legsOf(ask, world, asked)) {
            for (const [kind, change] of Object.entries(HARMLESS)) {
              const before = { document: parse(leg.query, { noLocation: true }), variables: leg.variables }
              const changed = change(before, leg.domain, dice) ?? before
              if (!isValid(leg, changed)) continue
              seen.same++
              const request = { ...leg, query: print(changed.document) }
              expect(compare(request, showQuestion(asked)).foreign, `${kind}\n${request.query}`).toBe(null)
            }
          }
        }),
        runsOf(0.1),
      )
      expect(seen.same).toBeGreaterThan(10)
    },
    PROPERTY_TIMEOUT_MS,
  )
})
