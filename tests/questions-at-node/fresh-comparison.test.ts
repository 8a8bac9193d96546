import fc from 'fast-check'
import { parse, print, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { ShownVariables } from '../../subgraphs/kit/question/shown-values.ts'
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
        runsOf(0.06),
      )
      // Of both kinds there are many. Otherwise this test would show little.
      expect(Math.min(seen.foreign, seen.same)).toBeGreaterThan(3)
    },
    PROPERTY_TIMEOUT_MS,
  )

  const asked = {
    document: parse('query Q($filter: CaseFilter) { cases(filter: $filter) { edges { node { id } } } }', {
      noLocation: true,
    }),
    operationName: 'Q',
    variables: { filter: { status: ['OPEN'] } },
  }
  const shownAll = { values: new Map(Object.entries(asked.variables)), isComplete: true }
  const hidden = { values: new Map(), isComplete: false }
  const without = { values: new Map(), isComplete: true }
  const query = (args: string): string => `query${args && '($f:CaseFilter)'}{cases${args}{edges{node{id}}}}`
  it.each<[string, string, Readonly<Record<string, unknown>>, ShownVariables, boolean]>([
    ['takes the filter', query('(filter:$f)'), asked.variables, shownAll, true],
    ['refuses another filter', query('(filter:$f)'), { filter: { status: ['CLOSED'] } }, shownAll, false],
    ['refuses a leg without the filter', query(''), {}, shownAll, false],
    ['refuses a leg without the filter that it hides', query(''), {}, hidden, false],
    ['refuses a filter that nobody shows', query('(filter:$f)'), asked.variables, hidden, false],
    ['takes a leg without a filter of a question without one', query(''), {}, without, true],
    ['refuses a filter of a question without one', query('(filter:$f)'), asked.variables, without, false],
  ])('%s, whatever it has compared before', (_name, text, { filter }, shown, isTaken) => {
    const request = { country: 'HN', domain: 'cases' as const, query: text, variables: { f: filter } }
    for (const first of [shownAll, hidden, without]) {
      compareKnown(request, showQuestion(asked, first), compareFresh)
      const { known, fresh } = compareKnown(request, showQuestion(asked, shown), compareFresh)
      expect([known.foreign === null, known]).toEqual([isTaken, fresh])
    }
  })

  it('does not mix up the questions, or the conditions of one question, that one document of a leg is compared with', () => {
    const text = 'query($f:CaseFilter){cases(filter:$f){edges{node{id category}}}}'
    const request = { country: 'HN', domain: 'cases' as const, query: text, variables: {} }
    const questionOf = (source: string, variables = {}) =>
      showQuestion({ document: parse(source, { noLocation: true }), operationName: 'Q', variables })
    const category = 'query Q($with: Boolean!) { cases { edges { node { id category @include(if: $with) } } } }'
    const both = [
      [questionOf('query Q { cases { edges { node { id category } } } }'), true],
      [questionOf('query Q { cases { edges { node { id } } } }'), false],
      [questionOf(category, { with: true }), true],
      [questionOf(category, { with: false }), false],
    ] as const
    for (const [question, isTaken] of [...both, ...both, ...both.toReversed()]) {
      const { known, fresh } = compareKnown(request, question, compareFresh)
      expect([known.foreign === null, known]).toEqual([isTaken, fresh])
    }
  })
})
