import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ERRORS } from './errors.ts'
import { OUTCOME_CODES, type Outcome, REACHES, worseOutcome } from './outcome.ts'

const outcomes = REACHES.flatMap((reach) => OUTCOME_CODES[reach].map((code): Outcome => ({ reach, code })))
const outcome = fc.constantFrom(...outcomes)

describe('the worse outcome', () => {
  it('is the same in any order and with any grouping', () => {
    fc.assert(
      fc.property(outcome, outcome, outcome, (a, b, c) => {
        expect(worseOutcome(a, b)).toEqual(worseOutcome(b, a))
        expect(worseOutcome(a, worseOutcome(b, c))).toEqual(worseOutcome(worseOutcome(a, b), c))
        expect(worseOutcome(a, a)).toEqual(a)
      }),
    )
  })

  it.each([
    ['UNAVAILABLE', 'TIMED_OUT'],
    ['TIMED_OUT', 'DENIED'],
    ['DENIED', 'NOT_PUBLISHED'],
    ['NOT_PUBLISHED', 'ANSWERED'],
  ] as const)('is %s rather than %s', (worse, better) => {
    const a: Outcome = { reach: worse, code: OUTCOME_CODES[worse][0] }
    const b: Outcome = { reach: better, code: OUTCOME_CODES[better][0] }
    expect(worseOutcome(b, a).reach).toBe(worse)
  })

  it('is the one with a code', () => {
    expect(worseOutcome({ reach: 'ANSWERED', code: null }, { reach: 'ANSWERED', code: 'ROWS_DROPPED' }).code).toBe(
      'ROWS_DROPPED',
    )
  })
})

it('the code of each outcome is in the registry of errors', () => {
  for (const { code } of outcomes) if (code !== null) expect(ERRORS).toHaveProperty(code)
})
