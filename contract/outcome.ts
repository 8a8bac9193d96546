/**
 * The outcomes of legs (docs/design/contract.md, What a failure does).
 */

/** The reaches of `enum Reach`, the worst first. If there are several legs to one country and domain, the worst reach counts. */
export const REACHES = ['UNAVAILABLE', 'TIMED_OUT', 'DENIED', 'NOT_PUBLISHED', 'ANSWERED'] as const
/** One of {@link REACHES}. */
export type Reach = (typeof REACHES)[number]

/** The codes that each reach may have; `null` means no code. docs/design/contract.md, Outcomes, explains each reach. */
export const OUTCOME_CODES = {
  ANSWERED: [
    null,
    'PARTLY_DENIED',
    'PARTLY_NOT_PUBLISHED',
    'COVERAGE_PARTIAL',
    'QUOTA_REACHED',
    'ROWS_DROPPED',
    'EARLIER_PAGES_MISSING',
  ],
  DENIED: [
    'MANDATE_NOT_COVERED',
    'TASK_FORCE_NOT_RECOGNISED',
    'FORBIDDEN_BY_COUNTRY',
    'REFUSED_BY_NODE',
    'CALLER_NOT_VERIFIED',
    'QUOTA_SPENT',
    'HITS_SPENT',
    'TIME_SPENT',
    'QUESTION_NOT_SIGNED',
  ],
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
    'AUTHORITY_UNAVAILABLE',
    'CONFIGURATION_INVALID',
  ],
} as const satisfies Record<Reach, readonly (string | null)[]>

/** The code of an outcome, or null. */
export type OutcomeCode = (typeof OUTCOME_CODES)[Reach][number]

/** The reach and the code of a leg, without its country. */
export interface Outcome {
  readonly reach: Reach
  readonly code: OutcomeCode
}

/** The outcome of a country that answered completely. */
export const ANSWERED: Outcome = { reach: 'ANSWERED', code: null }

/**
 * Returns the worse of two outcomes. If both have the same reach, it is the one whose code comes later in `OUTCOME_CODES`. An outcome
 * with a code is therefore worse than one without.
 */
export function worseOutcome(a: Outcome, b: Outcome): Outcome {
  if (a === b || (a.reach === b.reach && a.code === b.code)) return a
  const byReach = REACHES.indexOf(a.reach) - REACHES.indexOf(b.reach)
  if (byReach !== 0) return byReach < 0 ? a : b
  const codes: readonly OutcomeCode[] = OUTCOME_CODES[a.reach]
  return codes.indexOf(a.code) >= codes.indexOf(b.code) ? a : b
}
