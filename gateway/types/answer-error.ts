/** What the caller is told went wrong at a place of the answer. Types only. */
import type { ErrorCode } from '../../contract/errors.ts'

/** An error position to be told to the caller: `path` by response keys, without list indices where it stands for many rows. */
export interface AnswerError {
  readonly code: ErrorCode
  readonly country: string | null
  readonly coordinate: string | null
  readonly path: readonly (string | number)[]
}
