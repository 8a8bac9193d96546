import { nameCountryIn } from './country-name.ts'
import { type Detail, type ErrorDetail, wordDetail } from './error-details.ts'
import { ANSWER_ERRORS } from './errors/answer.ts'
import { CALLER_ERRORS } from './errors/caller.ts'
import type { ErrorEntry } from './errors/entry.ts'
import { LEG_ERRORS } from './errors/leg.ts'
import { REQUEST_ERRORS } from './errors/request.ts'
import { RIGHTS_ERRORS } from './errors/rights.ts'

/**
 * The one registry of error codes: every code that a client, a log or `/status` can show, with its English texts. `errors/` has them, by what
 * goes wrong. errors.es.yaml has the Spanish ones, and error-message.ts words an error for a person. A code is stable; its text may be made
 * better. docs/operating.md is checked against this table both ways.
 */

export type { ErrorEntry, ErrorText } from './errors/entry.ts'

/** Every code, by name; the order is that of docs/operating.md: refusals, outcomes of a country, errors in an answer. */
export const ERRORS = {
  ...CALLER_ERRORS,
  ...REQUEST_ERRORS,
  ...RIGHTS_ERRORS,
  ...LEG_ERRORS,
  ...ANSWER_ERRORS,
} as const satisfies Record<string, ErrorEntry>

/** A code of the registry. */
export type ErrorCode = keyof typeof ERRORS

/** An error that a caller may see as it is: a code of the registry, and a detail without values from outside. */
export class IstmoError extends Error {
  override readonly name = 'IstmoError'
  readonly code: ErrorCode
  readonly status: number
  /** What was expected, and what came. */
  readonly detail: ErrorDetail
  /** After how many whole seconds the same may be tried again; null where that says nothing. */
  readonly retryAfterSeconds: number | null

  /**
   * Its `message` is for logs: the registry's English sentence and the detail. `wordError` (error-message.ts) makes the caller's message.
   * @param detail what was expected, and what came: an English text if only tools read it.
   */
  constructor(
    code: ErrorCode,
    detail?: string | Detail | readonly Detail[],
    options?: ErrorOptions & { readonly retryAfterSeconds?: number },
  ) {
    const given = toErrorDetail(detail)
    const sentences = [nameCountryIn(ERRORS[code].meaning, null, 'en'), wordDetail(given, 'en')]
    super(sentences.filter((part) => part !== '').join(' '), options)
    this.code = code
    this.status = ERRORS[code].status
    this.detail = given
    this.retryAfterSeconds = options?.retryAfterSeconds ?? null
  }
}

function toErrorDetail(detail: string | Detail | readonly Detail[] | undefined): ErrorDetail {
  if (detail === undefined) return null
  return typeof detail === 'string' || !('key' in detail) ? detail : [detail]
}
