import { IstmoError } from '../../../contract/errors.ts'
import type { ForeignPart } from './compare-leg.ts'

/** What of a leg is not the question's. The coordinate is null if it is the question itself. */
export interface QuestionFault {
  readonly coordinate: string | null
  readonly reason: ForeignPart['reason'] | 'ID' | 'STATEMENT' | 'DOCUMENT'
  /** What was expected, without any value from outside. Null if the reason says all. */
  readonly expected: string | null
}

/**
 * A leg that does not follow from the officer's question. The fault is for the country's own log: the caller learns only that there was one.
 */
export class NotOfQuestion extends IstmoError {
  readonly fault: QuestionFault

  constructor(fault: QuestionFault, cause?: unknown) {
    super('LEG_NOT_OF_QUESTION', undefined, { cause })
    this.fault = fault
  }
}

/** Makes the rejection of a leg whose question itself is not as expected. */
export function badStatement(expected: string, cause?: unknown): NotOfQuestion {
  return new NotOfQuestion({ coordinate: null, reason: 'STATEMENT', expected }, cause)
}

/** Makes the rejection of a leg whose question has a document that is not as expected. */
export function badDocument(expected: string, cause?: unknown): NotOfQuestion {
  return new NotOfQuestion({ coordinate: null, reason: 'DOCUMENT', expected }, cause)
}
