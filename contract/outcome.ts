/**
 * What became of a country's part of an answer (docs/design/contract.md, What a failure does).
 */

/** The reaches of `enum Reach`, worst first: of several legs to one country and domain the worst counts. */
export const REACHES = ['UNAVAILABLE', 'TIMED_OUT', 'DENIED', 'NOT_PUBLISHED', 'ANSWERED'] as const
/** One of {@link REACHES}. */
export type Reach = (typeof REACHES)[number]

/** Which codes go with which reach; `null` is «none». docs/design/contract.md, Outcomes, says what each reach means. */
export const OUTCOME_CODES = {
  ANSWERED: [null, 'PARTLY_DENIED', 'PARTLY_NOT_PUBLISHED', 'ROWS_DROPPED', 'EARLIER_PAGES_MISSING'],
  DENIED: ['MANDATE_NOT_COVERED', 'TASK_FORCE_NOT_RECOGNISED', 'FORBIDDEN_BY_COUNTRY', 'REFUSED_BY_NODE'],
  NOT_PUBLISHED: [null],
  TIMED_OUT: ['LEG_DEADLINE', 'REQUEST_DEADLINE'],
  UNAVAILABLE: [
    'CONNECTION',
    'BREAKER_OPEN',
    'COUNTRY_RATE_LIMITED',
    'BAD_ANSWER',
    'FOREIGN_RECORD',
    'RECEIPT_INVALID',
    'SUSPENDED',
    'UNWITNESSED',
  ],
} as const satisfies Record<Reach, readonly (string | null)[]>

/** A code that may stand beside a reach, or null for none. */
export type OutcomeCode = (typeof OUTCOME_CODES)[Reach][number]

/** A country's reach and code, without the country. */
export interface Outcome {
  readonly reach: Reach
  readonly code: OutcomeCode
}

/** The outcome of a country that answered whole. */
export const ANSWERED: Outcome = { reach: 'ANSWERED', code: null }

/** The worse of two outcomes; of two with the same reach the one whose code stands later in the table, so that a code beats none. */
export function worseOutcome(a: Outcome, b: Outcome): Outcome {
  const byReach = REACHES.indexOf(a.reach) - REACHES.indexOf(b.reach)
  if (byReach !== 0) return byReach < 0 ? a : b
  const codes: readonly OutcomeCode[] = OUTCOME_CODES[a.reach]
  return codes.indexOf(a.code) >= codes.indexOf(b.code) ? a : b
}
