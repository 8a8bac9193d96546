import fc from 'fast-check'
import { DOMAINS } from '../../contract/domain.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { LegAnswer } from '../../gateway/types/flow.ts'
import type { FailLeg } from './federation.ts'
import { ALL_COUNTRIES } from './make-rows.ts'
import type { Silence } from './oracle.ts'

/** How a country's domain fails: what its legs come back with, and what the contract calls it. */
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

/** By name, so that a failing case can be read. */
export const FAILURES = {
  down: failed(DOWN),
  hanging: failed(HANGING),
  'answers null': garbled(null),
  'answers a text': garbled('ok'),
  'answers with an error alone': {
    outcome: GARBLED,
    answer: { kind: 'answered', data: null, errors: [{ message: 'Tabla no encontrada', extensions: {} }] },
  },
  refuses: {
    outcome: REFUSING,
    answer: { kind: 'answered', data: null, errors: [{ message: 'No', extensions: { code: 'FORBIDDEN' } }] },
  },
} as const satisfies Record<string, Failure>

/** The names of failures after which a country is asked again from where it stood. */
export const PASSING_FAILURES = [
  'down',
  'hanging',
  'answers null',
] as const satisfies readonly (keyof typeof FAILURES)[]

/** By `country domain`: how it fails. */
export type Failing = Readonly<Record<string, keyof typeof FAILURES>>

/** Random failures of some countries' domains; many of them take no part in a world, and that is no matter. */
export function failing(names: readonly (keyof typeof FAILURES)[]): fc.Arbitrary<Failing> {
  const keys = ALL_COUNTRIES.flatMap((country) => DOMAINS.map((domain) => `${country} ${domain}`))
  return fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...names), {
    maxKeys: 12,
    size: 'max',
    noNullPrototype: true,
  })
}

/** What the oracle is told of failures. */
export function silenceOf(failures: Failing): Silence {
  return Object.fromEntries(Object.entries(failures).map(([key, name]) => [key, FAILURES[name].outcome]))
}

/** What the gateway's legs meet of failures. */
export function failLegs(failures: Failing): FailLeg {
  return (country, domain) => {
    const name = failures[`${country} ${domain}`]
    return name && FAILURES[name].answer
  }
}
