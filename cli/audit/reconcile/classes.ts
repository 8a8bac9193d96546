/** The classes of differences between a gateway's log and a country's, and what one difference is. */

/** What a class of difference means for the answer: it contradicts, it leaves the answer open, or it is expected. */
export type Weight = 'CONTRADICTS' | 'OPEN' | 'EXPECTED'

/** The classes of differences, each with its weight and its meaning. */
export const CLASSES = {
  GATEWAY_ONLY: {
    weight: 'CONTRADICTS',
    meaning: 'the country signed a receipt for an entry that its log does not have',
  },
  COUNTRY_ONLY: { weight: 'CONTRADICTS', meaning: 'the country logged a leg that the gateway’s log does not have' },
  FIELDS_DIFFER: { weight: 'CONTRADICTS', meaning: 'both logs have the leg, and they differ' },
  OUTCOME_DIFFERS: {
    weight: 'CONTRADICTS',
    meaning: 'the gateway says that the country denied the leg, and the country gave records; or the other way round',
  },
  RECEIPT_REUSED: { weight: 'CONTRADICTS', meaning: 'two legs of the gateway have the same receipt' },
  RECORDS_DIFFER: {
    weight: 'CONTRADICTS',
    meaning: 'the record refs in the country’s log are not those that its leg counts and hashes',
  },
  TOKEN_UNKNOWN: {
    weight: 'CONTRADICTS',
    meaning: 'a leg names a country token that the officer’s authority never gave',
  },
  TOKEN_MISUSED: {
    weight: 'CONTRADICTS',
    meaning: 'a country token was used for another country, mandate or time than the authority gave it for',
  },
  EXCHANGE_UNFOUNDED: {
    weight: 'CONTRADICTS',
    meaning: 'the authority gave a country token for which its own log has no access token or no mandate in force',
  },
  QUESTION_UNLOGGED: {
    weight: 'CONTRADICTS',
    meaning: 'the tool has an answer to a question that the gateway’s log does not have',
  },
  QUESTION_UNASKED: {
    weight: 'CONTRADICTS',
    meaning: 'a log has a question under the tool’s access token that the tool’s journal does not have',
  },
  QUESTION_DIFFERS: {
    weight: 'CONTRADICTS',
    meaning: 'a log has another question than the tool’s journal under the same request',
  },
  EVIDENCE_DIFFERS: {
    weight: 'CONTRADICTS',
    meaning: 'the tool was shown another leg or answer than the logs have',
  },
  JOURNAL_INVALID: {
    weight: 'CONTRADICTS',
    meaning: 'a line of a journal says what no officer’s key has signed',
  },
  RECEIPT_MISSING: {
    weight: 'OPEN',
    meaning: 'the gateway logged an answer without a receipt, and the country’s log does not have the leg',
  },
  ANSWER_LOST: {
    weight: 'OPEN',
    meaning: 'the country gave records, and the gateway says that no answer came',
  },
  ANSWER_UNUSED: {
    weight: 'OPEN',
    meaning: 'the country gave records, and the gateway says that it did not use the answer',
  },
  RETRIED: {
    weight: 'OPEN',
    meaning:
      'the country logged a leg twice that the gateway has once: it may have sent it again after a broken connection',
  },
  ABANDONED: {
    weight: 'OPEN',
    meaning:
      'the country logged a leg of a request that ended before its legs did: the caller hung up, or the gateway failed',
  },
  TIME_DIFFERS: {
    weight: 'OPEN',
    meaning: 'both logs have the leg, at times that do not fit: one of the clocks is wrong',
  },
  CLOCK_WRONG: { weight: 'OPEN', meaning: 'the times of a log do not fit to the times of its witnesses' },
  INTERRUPTED: {
    weight: 'OPEN',
    meaning:
      'the country logged a leg around a crash of the gateway, or while it could not write, so it may not have logged the request',
  },
  AFTER_END: {
    weight: 'OPEN',
    meaning: 'the country logged a leg after the end of the gateway’s log: an old copy of it, or one that ends early',
  },
  OVERDUE: {
    weight: 'OPEN',
    meaning:
      'the leg was too recent for both copies when they were made, and its time is over: only newer copies can say whether both logs have it',
  },
  INCOMPLETE: { weight: 'OPEN', meaning: 'a part of a request, or a line of an export, is missing' },
  UNPROVEN: { weight: 'OPEN', meaning: 'an export does not prove that it is complete' },
  UNREADABLE: { weight: 'OPEN', meaning: 'an entry cannot be read' },
  UNWITNESSED: {
    weight: 'OPEN',
    meaning: 'no quorum of witnesses has cosigned a log, so it may not be the one that others saw',
  },
  TOKEN_AFTER_END: {
    weight: 'OPEN',
    meaning: 'a leg names a country token that may have been given after the end of this copy of the authority’s log',
  },
  REVOKED_IN_USE: {
    weight: 'OPEN',
    meaning:
      'a leg was answered after the mandate was revoked: its token lives five minutes, or the country did not obey',
  },
  QUESTION_AFTER_END: {
    weight: 'OPEN',
    meaning: 'the tool was answered after the end of this copy of the gateway’s log',
  },
  SEVERAL_OFFICERS: { weight: 'OPEN', meaning: 'one journal has questions of several officers' },
  UNANSWERED: {
    weight: 'EXPECTED',
    meaning: 'the gateway got no answer, and the country’s log does not have the leg: the leg did not arrive',
  },
  OUTAGE: {
    weight: 'EXPECTED',
    meaning: 'something in front of the country answered instead of it, and the country’s log does not have the leg',
  },
  REFUSED_EARLY: {
    weight: 'EXPECTED',
    meaning: 'the country refused the leg before it knew the gateway, and only counts such legs',
  },
  BEFORE_LOG: { weight: 'EXPECTED', meaning: 'the leg is older than the other log' },
  IN_FLIGHT: { weight: 'EXPECTED', meaning: 'the leg is too recent to be in both copies of the logs' },
  DOCUMENT_BROUGHT: {
    weight: 'EXPECTED',
    meaning: 'the country did not know the document of a signed question yet, and got the leg once more with it',
  },
  TOKEN_UNUSED: { weight: 'EXPECTED', meaning: 'the authority gave a country token that no leg names' },
  QUESTION_UNANSWERED: {
    weight: 'EXPECTED',
    meaning: 'the tool got no data for a question: it was refused, never arrived, or its answer was lost',
  },
  JOURNAL_TORN: { weight: 'EXPECTED', meaning: 'a line of a journal has no end, as a crash of the tool leaves it' },
  OTHER_TOOL: { weight: 'EXPECTED', meaning: 'the same officer asked with a tool whose journal was not given' },
  AWAITS_WITNESSES: { weight: 'EXPECTED', meaning: 'the newest entries of a log await the cosignatures of witnesses' },
} as const satisfies Readonly<Record<string, { readonly weight: Weight; readonly meaning: string }>>

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

/** Makes a difference that belongs to a log and to no request. */
export function ofLog(kind: DifferenceClass, name: string, log: string, timeMs: number, what: string): Difference {
  return { class: kind, requestId: null, timeMs, fields: [], key: `${name} ${log}`, what }
}

/** Makes the difference for an entry that cannot be read. */
export function unreadableAt(log: string, index: number, reason: string): Difference {
  return ofLog('UNREADABLE', `entry ${index}`, log, 0, `${log}: entry ${index}: ${reason}`)
}
