/** An error that the gateway reports to the caller, at a place of the answer. Types only. */
import type { ErrorCode } from '../../contract/errors.ts'

/** An error to report to the caller. */
export interface AnswerError {
  readonly code: ErrorCode
  readonly country: string | null
  readonly coordinate: string | null
  /**
   * Its place in the answer as the client gets it: the gateway's response keys (`outKey` turns them into the client's) and list indices.
   */
  readonly path: readonly (string | number)[]
  /** For `ROWS_DROPPED`: how many rows the list at `path` lacks. */
  readonly count?: number
}
