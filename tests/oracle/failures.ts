import fc from 'fast-check'
import { DOMAINS } from '../../contract/domain.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { LegAnswer } from '../../gateway/types/flow.ts'
import type { FailLeg } from './federation.ts'
import { ALL_COUNTRIES } from './make-rows.ts'
import type { Silence } from './oracle.ts'

/** How a country's domain fails: the answer of its legs, and the outcome in the contract. */
interface Failure {
  readonly outcome: Outcome
  readonly answer: LegAnswer
}

const DOWN: Outcome = { reach: 'UNAVAILABLE', code: 'CONNECTION' }
const HANGING: Outcome = { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' }
const GARBLED: Outcome = { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
const REFUSING: Outcome = { reach: 'DENIED', code: 'REFUSED_BY_NODE' }

const garbled = (data: unknown): Failure => ({ outcome: GARBLED, answer: { kind: 'answered', data, errors: [] } })
const failed = (outcome: Outcome): Failure => ({ outcome, answer: { kind: 'failed', outcome } })

/** By name, so that the report of a failing case is readable. */
export const FAILURES = {
  down: failed(DOWN),
  hanging: failed(HANGING),
  'answers null': garbled(null),
  'answers a text': garbled('ok'),
  'answers only with an error': {
    outcome: GARBLED,
    answer: { kind: 'answered', data: null, errors: [{ message: 'Tabla no encontrada', extensions: {} }] },
  },
  refuses: {
    outcome: REFUSING,
    answer: { kind: 'answered', data: null, errors: [{ message: 'No', extensions: { code: 'FORBIDDEN' } }] },
  },
} as const satisfies Record<string, Failure>

/** The names of failures after which the next page asks the country again from its former place. */
export const PASSING_FAILURES = [
  'down',
  'hanging',
  'answers null',
] as const satisfies readonly (keyof typeof FAILURES)[]

/** The name of the failure, by `country domain`. */
export type Failing = Readonly<Record<string, keyof typeof FAILURES>>

/** Random failures of some countries' domains. Many of these countries are not in the world, which does no harm. */
export function failing(names: readonly (keyof typeof FAILURES)[]): fc.Arbitrary<Failing> {
  const keys = ALL_COUNTRIES.flatMap((country) => DOMAINS.map((domain) => `${country} ${domain}`))
  return fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...names), {
    maxKeys: 12,
    size: 'max',
    noNullPrototype: true,
  })
}

/** Translates failures for the oracle. */
export function silenceOf(failures: Failing): Silence {
  return Object.fromEntries(Object.entries(failures).map(([key, name]) => [key, FAILURES[name].outcome]))
}

/** Translates failures for the gateway's legs. */
export function failLegs(failures: Failing): FailLeg {
  return (country, domain) => {
    const name = failures[`${country} ${domain}`]
    return name && FAILURES[name].answer
  }
}
