/** An error that the gateway reports to the caller, at a place of the answer. Types only. */
import type { ErrorCode } from '../../contract/errors.ts'

/**
 * An error to report to the caller. `path` has the gateway's response keys (`outKey` turns them into the client's). It has no list
 * indices if the error applies to many rows.
 */
export interface AnswerError {
  readonly code: ErrorCode
  readonly country: string | null
  readonly coordinate: string | null
  readonly path: readonly (string | number)[]
}
