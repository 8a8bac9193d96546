/** The classes of differences between a gateway's log and a country's, and what one difference is. */

/** What a class of difference means for the answer: it contradicts, it leaves the answer open, or it is expected. */
export type Weight = 'CONTRADICTS' | 'OPEN' | 'EXPECTED'

/** The classes of differences, each with its weight and its meaning. */
export const CLASSES = {
  GATEWAY_ONLY: { weight: 'CONTRADICTS' },
  COUNTRY_ONLY: { weight: 'CONTRADICTS' },
  FIELDS_DIFFER: { weight: 'CONTRADICTS' },
  OUTCOME_DIFFERS: { weight: 'CONTRADICTS' },
  RECEIPT_REUSED: { weight: 'CONTRADICTS' },
  RECORDS_DIFFER: { weight: 'CONTRADICTS' },
  TOKEN_UNKNOWN: { weight: 'CONTRADICTS' },
  TOKEN_MISUSED: { weight: 'CONTRADICTS' },
  EXCHANGE_UNFOUNDED: { weight: 'CONTRADICTS' },
  QUESTION_UNLOGGED: { weight: 'CONTRADICTS' },
  QUESTION_UNASKED: { weight: 'CONTRADICTS' },
  QUESTION_DIFFERS: { weight: 'CONTRADICTS' },
  EVIDENCE_DIFFERS: { weight: 'CONTRADICTS' },
  JOURNAL_INVALID: { weight: 'CONTRADICTS' },
  RECEIPT_MISSING: { weight: 'OPEN' },
  ANSWER_LOST: { weight: 'OPEN' },
  ANSWER_UNUSED: { weight: 'OPEN' },
  RETRIED: { weight: 'OPEN' },
  ABANDONED: { weight: 'OPEN' },
  TIME_DIFFERS: { weight: 'OPEN' },
  CLOCK_WRONG: { weight: 'OPEN' },
  INTERRUPTED: { weight: 'OPEN' },
  AFTER_END: { weight: 'OPEN' },
  OVERDUE: { weight: 'OPEN' },
  INCOMPLETE: { weight: 'OPEN' },
  UNPROVEN: { weight: 'OPEN' },
  UNREADABLE: { weight: 'OPEN' },
  UNWITNESSED: { weight: 'OPEN' },
  TOKEN_AFTER_END: { weight: 'OPEN' },
  REVOKED_IN_USE: { weight: 'OPEN' },
  QUESTION_AFTER_END: { weight: 'OPEN' },
  SEVERAL_OFFICERS: { weight: 'OPEN' },
  UNANSWERED: { weight: 'EXPECTED' },
  OUTAGE: { weight: 'EXPECTED' },
  REFUSED_EARLY: { weight: 'EXPECTED' },
  BEFORE_LOG: { weight: 'EXPECTED' },
  IN_FLIGHT: { weight: 'EXPECTED' },
  DOCUMENT_BROUGHT: { weight: 'EXPECTED' },
  TOKEN_UNUSED: { weight: 'EXPECTED' },
  QUESTION_UNANSWERED: { weight: 'EXPECTED' },
  JOURNAL_TORN: { weight: 'EXPECTED' },
  OTHER_TOOL: { weight: 'EXPECTED' },
  AWAITS_WITNESSES: { weight: 'EXPECTED' },
} as const satisfies Readonly<Record<string, { readonly weight: Weight }>>

/** The name of a class of difference. */
export type DifferenceClass = keyof typeof CLASSES

/** A difference between the two logs. */
export interface Difference {
  readonly class: DifferenceClass
  readonly requestId: string | null
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  /** Which fields differ; empty unless the class is `FIELDS_DIFFER`. */
  readonly fields: readonly string[]
  /** The same for the same difference in a later comparison of the same logs. */
  readonly key: string
  /** For people: what was expected and what came. */
  readonly what: string
}

/**
 * A request is logged at its end, so the country's log has its legs before the gateway's log does, by at most this time, in
 * milliseconds. Legs that are nearer to the present are in flight.
 */
export const SETTLED_MS = 60_000

/** By how much the clocks of a gateway and a country may differ, in milliseconds. */
export const MAX_SKEW_MS = 5_000

/** Makes a difference that belongs to no request. */
export function differenceOf(kind: DifferenceClass, key: string, timeMs: number, what: string): Difference {
  return { class: kind, requestId: null, timeMs, fields: [], key, what }
}

/** Makes a difference that belongs to a log. */
export function ofLog(kind: DifferenceClass, name: string, log: string, timeMs: number, what: string): Difference {
  return differenceOf(kind, `${name} ${log}`, timeMs, what)
}

/** Makes the difference for an entry that cannot be read. */
export function unreadableAt(log: string, index: number, reason: string): Difference {
  return ofLog('UNREADABLE', `entry ${index}`, log, 0, `${log}: entry ${index}: ${reason}`)
}
